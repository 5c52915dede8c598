/** Is told of a commit that something has happened to. */
export type Heard = (repository: string, commit: string) => Promise<void>;
