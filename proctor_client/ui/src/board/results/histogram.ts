/** Marks of a scale of 10 counted by whole mark: ten classes, the last one closed so that it takes the 10s. */
export function countMarks(marks: readonly string[]): number[] {
  const counts = Array.from({ length: 10 }, () => 0);
  for (const mark of marks) {
    const place = Math.min(9, Math.max(0, Math.floor(Number(mark))));
    counts[place] = (counts[place] ?? 0) + 1;
  }
  return counts;
}
