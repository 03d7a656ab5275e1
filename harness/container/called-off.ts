/** What was begun was called off by the user, and is undone. */
export class CalledOff extends Error {}
