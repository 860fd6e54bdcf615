import "./page.css";
import { render } from "preact";
import { App } from "./app";
import type { PageData } from "./page_data";

async function data(): Promise<PageData> {
  const embedded = document.getElementById("page");
  if (embedded) return JSON.parse(embedded.textContent ?? "");
  const reply = await fetch("api/page");
  return reply.json();
}

const root = document.body.appendChild(document.createElement("div"));
root.id = "assay";
void data().then((page) => render(<App data={page} />, root));
