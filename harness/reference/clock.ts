/** Time, as the reference cluster gets it: from outside. It reads no other clock and sets no timer itself. */
export interface Clock {
  /** Milliseconds on a monotonic clock. */
  nowMs(): number;
  /**
   * Resolves after `ms` milliseconds, or at once when the signal is aborted; never rejects.
   * @param ms may be infinite: then only the signal ends it
   */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
