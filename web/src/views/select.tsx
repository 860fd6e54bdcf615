import type { Document } from "../page_data";
import { count, percent } from "../format";

interface SelectReport {
  models: { name: string; win_rate: number; low: number; high: number; wins: number; draws: number; losses: number; possible: boolean }[];
}

export function Select({ document }: { document: Document }) {
  const report = document.report as SelectReport;
  return (
    <section>
      <h2>Ranking</h2>
      <table>
        <thead>
          <tr><th scope="col">model</th><th scope="col">win rate</th><th scope="col">95 % interval</th><th scope="col">wins</th><th scope="col">draws</th><th scope="col">losses</th><th scope="col">may be the best</th></tr>
        </thead>
        <tbody>
          {report.models.map((model) => (
            <tr key={model.name}>
              <th scope="row">{model.name}</th><td>{percent(model.win_rate)}</td><td>{percent(model.low)} to {percent(model.high)}</td>
              <td>{count(model.wins)}</td><td>{count(model.draws)}</td><td>{count(model.losses)}</td><td>{model.possible ? "yes" : "no"}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <h2>Text</h2>
      <pre class="report">{document.text}</pre>
    </section>
  );
}
