/**
 * The cheapest way to give each row a column (Kuhn's Hungarian method in the O(n³) form with potentials).
 * @param cost square: `cost[row][column]`
 * @returns the column of each row
 */
export function assign(cost: readonly (readonly number[])[]): number[] {
  const size = cost.length;
  const rowOf = new Int32Array(size + 1);
  const [rowPotential, columnPotential] = [new Float64Array(size + 1), new Float64Array(size + 1)];
  for (let row = 1; row <= size; row++) {
    const way = new Int32Array(size + 1);
    const least = new Float64Array(size + 1).fill(Number.POSITIVE_INFINITY);
    const used = new Uint8Array(size + 1);
    let column = 0;
    rowOf[0] = row;
    do {
      used[column] = 1;
      const current = rowOf[column] ?? 0;
      let [delta, next] = [Number.POSITIVE_INFINITY, 0];
      for (let other = 1; other <= size; other++) {
        if (used[other]) continue;
        const price =
          (cost[current - 1]?.[other - 1] ?? 0) - (rowPotential[current] ?? 0) - (columnPotential[other] ?? 0);
        if (price < (least[other] ?? 0)) {
          least[other] = price;
          way[other] = column;
        }
        if ((least[other] ?? 0) < delta) [delta, next] = [least[other] ?? 0, other];
      }
      for (let other = 0; other <= size; other++) {
        if (used[other]) {
          const owner = rowOf[other] ?? 0;
          rowPotential[owner] = (rowPotential[owner] ?? 0) + delta;
          columnPotential[other] = (columnPotential[other] ?? 0) - delta;
        } else least[other] = (least[other] ?? 0) - delta;
      }
      column = next;
    } while (rowOf[column] !== 0);
    for (; column !== 0; column = way[column] ?? 0) rowOf[column] = rowOf[way[column] ?? 0] ?? 0;
  }
  const columns: number[] = Array.from({ length: size }, () => -1);
  for (let column = 1; column <= size; column++) columns[(rowOf[column] ?? 1) - 1] = column - 1;
  return columns;
}
