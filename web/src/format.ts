// How figures look. Nothing is computed here but the digits that are shown.

const thousands = new Intl.NumberFormat("en-US");
export const nothing = "–";

export const count = (n: number | null | undefined) => (n == null ? nothing : thousands.format(n));

/** A share, as the text report has it: 97.6 %. */
export const percent = (share: number | null | undefined, digits = 1) =>
  share == null ? nothing : `${(100 * share).toFixed(digits)} %`;

export const number = (value: number | null | undefined, digits = 3) => (value == null ? nothing : value.toFixed(digits));
