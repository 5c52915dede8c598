/** A request that cannot be understood; the message is shown to the one who asked. */
export class BadRequest extends Error {}
