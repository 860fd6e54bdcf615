/** The page of a person who judges. */
export function Rating(_: { base: string }) {
  return <p>Judging in the page is not there yet.</p>;
}
