import type { Document, PageData } from "./page_data";
import { Select } from "./views/select";
import { Unknown } from "./views/unknown";

const views: Record<string, (props: { document: Document }) => preact.JSX.Element> = { select: Select };

export function App({ data }: { data: PageData }) {
  return (
    <main>
      {data.documents.map((document, at) => {
        const View = views[document.kind] ?? Unknown;
        return (
          <article key={at}>
            <h1>{document.title}</h1>
            {document.summary.map((line) => <p>{line}</p>)}
            <View document={document} />
          </article>
        );
      })}
    </main>
  );
}
