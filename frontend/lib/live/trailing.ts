/** Runs `work` when asked: one at a time, at most once per `gapMs`, and once more after the last time it was asked. */
export function trailing(work: () => Promise<unknown>, gapMs: number): { ask: () => void; stop: () => void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isWorking = false;
  let isAsked = false;
  let isStopped = false;

  async function run() {
    timer = undefined;
    isWorking = true;
    isAsked = false;
    try {
      await work();
    } catch {
      // The work shows its own failure; what was asked meanwhile is still done.
    }
    isWorking = false;
    if (isAsked && !isStopped) timer = setTimeout(run, gapMs);
  }

  return {
    ask: () => {
      isAsked = true;
      if (!isWorking && timer === undefined && !isStopped) timer = setTimeout(run, gapMs);
    },
    stop: () => {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}
