#!/bin/sh
# Runs a build-test for another CI (Buildbot, Jenkins, cron) and posts the result to patchloom:
#
#   PATCHLOOM_TOKEN=... patchloom-check.sh https://patches.example.org CONTEXT COMMIT COMMAND [ARGUMENT...]
#
# COMMIT is the full id of a mirrored commit, or a Message-ID. Exit codes of the command: 0 passed, 250 warning, 75 the machine is to
# blame (EX_TEMPFAIL of sysexits.h: nobody is told but the operator), any other: failed. Ends with the command's exit code.
# BUILD_URL (set by Jenkins) becomes the link.
set -u
[ $# -ge 4 ] || { echo "usage: $0 URL CONTEXT COMMIT COMMAND [ARGUMENT...]" >&2; exit 64; }
url=$1 context=$2 what=$3
shift 3
log=$(mktemp) || exit 75
trap 'rm -f "$log"' EXIT
began=$(date +%s)
"$@" >"$log" 2>&1
code=$?
cat "$log"
case $code in
0) state=success ;;
250) state=warning ;;
75) state=infrastructure ;;
*) state=fail ;;
esac
case $what in
*@*) name=message ;;
*) name=commit ;;
esac
seconds=$(($(date +%s) - began))
# The token goes by standard input: other users can read command lines.
tail -c 200000 "$log" >"$log.tail"
printf 'header = "Authorization: Bearer %s"\n' "${PATCHLOOM_TOKEN:?}" |
  curl --config - --silent --show-error --fail --retry 5 --max-time 60 --output /dev/null \
    --data-urlencode "context=$context" --data-urlencode "$name=$what" --data-urlencode "state=$state" \
    --data-urlencode "summary=exit $code after $seconds s" --data-urlencode "seconds=$seconds" \
    --data-urlencode "url=${BUILD_URL:-}" --data-urlencode "log@$log.tail" "${url%/}/api/checks"
posted=$?
rm -f "$log.tail"
[ "$posted" -eq 0 ] || { echo "patchloom-check: the result could not be posted" >&2; exit 75; }
exit "$code"
