// The views: one for each kind of document. A view is a list of parts, which the navigation names.
import type { Document } from "../page_data";
import { allocateParts } from "./allocate";
import { comparisonParts } from "./comparison";
import { ensembleParts } from "./ensemble";
import { otherParts } from "./other";
import type { Part } from "./part";
import { routeEvaluateParts, routeFitParts, routeQueryParts, routeTaskParts } from "./route";
import { selectParts } from "./select";
import { simulateAllocatorsParts, simulateParts } from "./simulate";
import { trustParts } from "./trust";

export function partsOf(document: Document, live: boolean): Part[] {
  switch (document.kind) {
    case "select": return selectParts(document, live);
    case "allocate": return allocateParts(document);
    case "simulate": return simulateParts(document);
    case "simulate-allocators": return simulateAllocatorsParts(document);
    case "route-evaluate": return routeEvaluateParts(document);
    case "route-fit": return routeFitParts(document);
    case "route-task": return routeTaskParts(document);
    case "route-query": return routeQueryParts(document);
    case "ensemble": return ensembleParts(document);
    case "comparison": return comparisonParts(document);
    case "trust": return trustParts(document);
    default: return otherParts(document);
  }
}
