// The page begins: with the data inside the file, or live with those of a server.
import "./page.css";
import { render } from "preact";
import { App } from "./app";
import { Live } from "./live/live";
import type { PageData } from "./page_data";

const root = document.body.appendChild(document.createElement("div"));
const embedded = document.getElementById("page");
render(embedded ? <App data={JSON.parse(embedded.textContent ?? "") as PageData} /> : <Live />, root);
