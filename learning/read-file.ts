/** How entries of the registries read the files that their options name; the host supplies it. */

/** @throws Error if the file is missing */
export type ReadFile = (path: string) => Uint8Array;

/** For hosts that supply no reader. */
export const readNoFiles: ReadFile = () => {
  throw new Error('files cannot be read here: pass `readFile` to the registry');
};
