// People who judge: their links, how far they are, and how well they agree.
import { useEffect, useState } from "preact/hooks";
import { count, number, percent, unbroken } from "../format";
import type { RaterAgreement } from "../page_data";
import { Copyable, Details, Foreign, Table } from "../parts";
import type { RatersProgress } from "./client";
import { get } from "./client";

interface RaterLink {
  name: string;
  link: string;
  verdicts: number;
}

export function Raters({ progress }: { progress: RatersProgress }) {
  const [links, setLinks] = useState<RaterLink[]>([]);
  const [agreement, setAgreement] = useState<RaterAgreement | null>(null);
  const [failed, fail] = useState("");
  useEffect(() => {
    // Whatever comes first; the other one follows with the next verdict.
    get<RaterLink[]>("raters").then(setLinks, (error: Error) => fail(error.message));
    get<RaterAgreement>("agreement").then(setAgreement, (error: Error) => fail(error.message));
  }, [progress.all]);
  return (
    <section class="run" aria-labelledby="raters-title">
      <h2 id="raters-title">People who judge</h2>
      <p>{count(progress.all)} verdicts{progress.budget != null && ` of at most ${count(progress.budget)}`}{progress.left && <>; <Foreign text={progress.left} /></>}{progress.decided && "; decided"}</p>
      {failed && <p class="note warn" role="alert">{failed}</p>}
      <Details summary="Links to give to them">
        {() => links.map((rater) => <div key={rater.name}><p><Foreign text={rater.name} />: {count(rater.verdicts)} verdicts</p><Copyable text={rater.link} /></div>)}
      </Details>
      {agreement && agreement.raters.length > 0 && (
        <>
          {agreement.summary.map((line) => <p><Foreign text={unbroken(line)} /></p>)}
          <Details summary="Agreement as a table">
            {() => (
              <Table label="Agreement of the raters" rows={agreement.raters} columns={[
                { head: "rater", text: true, cell: (row) => <Foreign text={row.name} /> },
                { head: "verdicts", cell: (row) => count(row.verdicts) },
                { head: "alone", help: "pairs that nobody else was given", cell: (row) => count(row.alone) },
                { head: "agrees with the rest", cell: (row) => percent(row.against_rest?.agreement) },
                { head: "95 % interval", cell: (row) => (row.against_rest?.low == null ? "–" : `${percent(row.against_rest.low)} to ${percent(row.against_rest.high)}`) },
                { head: "pairs", cell: (row) => count(row.against_rest?.pairs) },
              ]} />
            )}
          </Details>
          {agreement.alpha && <p class="quiet">Krippendorff's alpha: {number(agreement.alpha.value, 2)}, 95 % {number(agreement.alpha.low, 2)} to {number(agreement.alpha.high, 2)}, {count(agreement.alpha.pairs)} pairs</p>}
        </>
      )}
    </section>
  );
}
