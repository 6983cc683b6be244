/** Returns the median. */
export const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
const written = (ms: number) => (ms < 100 ? ms.toFixed(1) : ms.toFixed(0)).padStart(9);

/** Returns two times in ms and their ratio as text. */
export function row(name: string, small: number, large: number): void {
  console.log(
    `  ${name.padEnd(44)}${written(small)}${written(large)}   ${(large / small).toFixed(2).padStart(6)}×`,
  );
}
