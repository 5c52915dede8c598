"""Calls what pwclient calls, with Python's own client, and prints what came as JSON. Usage: call-xmlrpc.py URL"""

import json
import sys
import xmlrpc.client


class Transport(xmlrpc.client.Transport):
    """Sends the whole URL in the request line, as pwclient does."""

    def send_request(self, host, handler, request_body, debug):
        plain = host.split("@")[-1] if isinstance(host, str) else host[0].split("@")[-1]
        return super().send_request(host, "http://" + plain + handler, request_body, debug)


server = xmlrpc.client.ServerProxy(sys.argv[1], transport=Transport(), allow_none=True)
nobody = xmlrpc.client.ServerProxy(sys.argv[1].replace("pw:robot@", ""), allow_none=True)


def refused(call):
    try:
        call()
    except xmlrpc.client.Fault as fault:
        return fault.faultString
    return None


(project,) = server.project_list("hel", 0)
(person,) = server.person_list("ann", 0)
(state,) = server.state_list("Under", 0)
first = server.patch_list({"project_id": project["id"], "max_count": 1})
last = server.patch_list({"project_id": project["id"], "max_count": -1})
by_name = server.patch_list({"name__icontains": "PART 2", "submitter_id": person["id"], "archived": "no"})
by_msgid = server.patch_list({"msgid": "<x1-2@example.org>"})
patch = server.patch_get(first[0]["id"])
set_patch = server.patch_set(patch["id"], {"state": state["id"], "commit_ref": "abc", "archived": True})
checked = server.check_create(patch["id"], "board", "warning", "https://ci.example/1", "a < b & c")
print(
    json.dumps(
        {
            "version": server.pw_rpc_version(),
            "names": [[p["name"] for p in some] for some in (first, last, by_name, by_msgid)],
            "hash": server.patch_get_by_project_hash("hello", patch["hash"])["id"] == patch["id"],
            "unknown": server.patch_get(999),
            "mbox": server.patch_get_mbox(patch["id"]),
            "diff": server.patch_get_diff(patch["id"]),
            "set": [set_patch, server.patch_get(patch["id"])["state"], server.patch_get(patch["id"])["commit_ref"]],
            "check": [checked, server.check_list({"patch_id": patch["id"]})],
            "refused": refused(lambda: nobody.patch_set(patch["id"], {"state": 1})),
            "no_such": refused(lambda: server.system.listMethods()),
        }
    )
)
