/** A number of bytes or frames as it is said to people: `12,345,678`. Pure. */
export const sayNumber = (count: number): string => count.toLocaleString('en-US');
