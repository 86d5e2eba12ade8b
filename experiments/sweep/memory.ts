/** Lets runs in as long as the memory that they are expected to take is within a budget. */

export interface Memory {
  /** Resolves once there is room. @returns what gives it back */
  admit(mebibytes: number): Promise<() => void>;
}

/** First come, first let in; a run alone is let in whatever it takes. */
export function memoryBudget(mebibytes: number): Memory {
  const waiting: { readonly needs: number; readonly enter: () => void }[] = [];
  const taken = { mebibytes: 0, runs: 0 };

  function enterWaiting(): void {
    for (let next = waiting.at(0); next !== undefined; next = waiting.at(0)) {
      if (taken.runs > 0 && taken.mebibytes + next.needs > mebibytes) return;
      taken.runs++;
      taken.mebibytes += next.needs;
      waiting.shift();
      next.enter();
    }
  }

  return {
    admit: (needs) =>
      new Promise((resolve) => {
        const leave = () => {
          taken.runs--;
          taken.mebibytes -= needs;
          enterWaiting();
        };
        waiting.push({
          needs,
          enter: () => {
            resolve(leave);
          },
        });
        enterWaiting();
      }),
  };
}
