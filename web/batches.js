// The page of bodies: a file goes in, what is wrong in it is shown, it is approved, its certificates come out.
import { get } from "./api.js";
import { count, drawChain, drawDecisions, drawLive, drawResults, drawWrong, isGoing, sayState } from "./batch.js";
import { clientId, drawProblem, follow, forget, may, own, postAs, save, send, signIn, watch } from "./client.js";
import { clearChanges, drawAsk, drawChanges, listenToChanges, readChanges } from "./changes.js";
import { byId, make } from "./dom.js";
import { clearIssued, drawIssued, listenToIssued } from "./issued.js";
import { begin, lang, local, pick, say, tell } from "./words.js";

/** Rows of a page: of earlier batches, of what is wrong. */
const ROWS = 20;
const WRONG = 50;
/** Milliseconds between two looks where the stream of events is not to be had. */
const LOOK_MS = 2_000;

/** The batch that is shown, what is wrong in it, the one that its client `{id, client}` had open when the session ended, and earlier batches. */
let view = null;
let wrong = null;
let last = null;
/** A file that was refused for a column that the registry does not know: `{file, columns}`, those that are to be left out. */
let odd = null;
let list = { items: [], next: null };
/** Ends the watching of the batch that was shown before. */
let watching = new AbortController();
/** How the parts that can have the focus were drawn: they are drawn anew only when that changes. */
let drawn = "";
/** Codes of words, and problems, by the place where they stand. */
let told = { notice: "", uploading: "" };
let problems = {};

const at = (path) => `v1/batches/${view.id}${path}`;

function tellAll(changes) {
  told = { ...told, ...changes };
  for (const [id, code] of Object.entries(told)) byId(id).textContent = say(code);
}

/** Shows a problem at its place, or that there is none. */
function refuse(place, problem) {
  problems[place] = problem;
  byId(place).replaceChildren(...drawProblem(problem));
}

function draw() {
  tellAll({});
  for (const [place, problem] of Object.entries(problems)) refuse(place, problem);
  byId("sign-in").hidden = clientId() !== "";
  byId("desk").hidden = clientId() === "";
  byId("who").textContent = clientId() ? tell("page.client.who", { id: clientId() }) : "";
  byId("upload").hidden = !may("certificates:write");
  byId("provider-ask").hidden = !may("region:manage");
  for (const form of ["xlsx", "csv"]) byId(`template-${form}`).href = `v1/batch-template?${new URLSearchParams({ form, lang })}`;
  drawn = "";
  drawOdd();
  drawBatch();
  drawList();
  drawIssued();
  drawChanges();
}

function drawBatch() {
  byId("batch").hidden = !view;
  const live = view ? drawLive(view) : [];
  byId("batch-live").replaceChildren(...live);
  byId("batch-told").textContent = view ? sayState(view) : "";
  const key = view ? [view.id, view.state, view.valid, lang, wrong?.items.length].join(" ") : "none";
  if (key === drawn) return;
  drawn = key;
  drawAsk();
  byId("batch-title").textContent = view?.name ?? "";
  byId("batch-steps").replaceChildren(...(view ? drawChain(view) : []));
  byId("batch-does").replaceChildren(...(view && may("certificates:write") ? drawDecisions(view, clientId(), desk) : []));
  byId("batch-results").replaceChildren(...(view ? drawResults(view, desk) : []));
  byId("batch-wrong").replaceChildren(...(view && !isGoing(view) ? drawWrong(view, wrong, desk) : []));
}

function drawList() {
  const line = (one) => {
    const open = make("button", { type: "button", className: "plain" }, one.name);
    open.addEventListener("click", () => show(one.id));
    const more = [say(`page.batches.state.${one.state}`), tell("page.list.counts", { rows: count(one.rows), issued: count(one.issued) }), local(one.created_at)];
    return make("li", {}, open, make("span", { className: "hint" }, more.join(" · ")));
  };
  const next = make("button", { type: "button", className: "quiet" }, say("page.list.next"));
  next.addEventListener("click", () => readList(list.next));
  const none = make("p", { className: "hint" }, say("page.list.none"));
  byId("list").replaceChildren(list.items.length ? make("ol", { className: "batches" }, ...list.items.map(line)) : none, ...(list.next ? [next] : []));
}

async function readList(after = null) {
  const asked = clientId();
  const { answer } = await own(`v1/batches?${new URLSearchParams({ limit: ROWS, ...(after ? { after } : {}) })}`);
  if (!answer || asked !== clientId()) return;
  list = { items: after ? [...list.items, ...answer.items] : answer.items, next: answer.next };
  drawList();
}

/** Opens a batch and watches it as long as something is done to it. */
async function show(id) {
  const { answer, problem } = await own(`v1/batches/${id}`);
  if (!clientId()) return;
  refuse("batch-refused", problem);
  if (!answer) return;
  wrong = null;
  change(answer);
  byId("batch-title").focus();
}

/** Takes over how the batch is now. */
function change(answer) {
  watching.abort();
  watching = new AbortController();
  const was = view;
  view = answer;
  last = { id: view.id, client: clientId() };
  drawBatch();
  if (isGoing(view)) attend(view.id, watching.signal);
  else if (view.errors.length > 0 && (!wrong || was?.state !== view.state)) readWrong();
  if (was?.state !== view.state) readList();
}

/** Watches by events; where they do not come, by asking now and then. */
async function attend(id, signal) {
  const take = (answer) => {
    if (signal.aborted || view?.id !== id) return;
    if (isGoing(answer)) {
      view = answer;
      drawBatch();
    } else change(answer);
  };
  while (!signal.aborted) {
    await follow(`v1/batches/${id}/progress`, take, signal);
    if (signal.aborted) return;
    await new Promise((done) => setTimeout(done, LOOK_MS));
    if (signal.aborted) return;
    const { answer } = await own(`v1/batches/${id}`);
    if (answer) take(answer);
  }
}

async function readWrong(after = null) {
  const { id } = view;
  const { answer } = await own(at(`/errors?${new URLSearchParams({ limit: WRONG, ...(after ? { after } : {}) })}`));
  if (!answer || view?.id !== id) return;
  wrong = { items: after ? [...(wrong?.items ?? []), ...answer.items] : answer.items, next: answer.next };
  drawBatch();
}

/** Has something done to the batch that is shown, and shows how it is then. */
async function decide(path, body) {
  const { id } = view;
  const { answer, problem } = await postAs(at(path), body);
  if (view?.id !== id) return;
  refuse("batch-refused", problem);
  if (!answer) return;
  change(answer);
  byId("batch-title").focus();
}

/** What the parts of a batch ask of this page. */
const desk = {
  pick,
  approve: () => decide("/approve", { rows: view.valid }),
  again: () => decide("/validate"),
  retry: () => decide("/retry"),
  cancel: (reason) => decide("/cancel", { reason }),
  more: () => readWrong(wrong.next),
  async save(button, path, name) {
    button.disabled = true;
    refuse("batch-refused", await save(at(`/${path}&lang=${lang}`).replace("?&", "?"), name));
    button.disabled = false;
  },
};

/** The provider for which an operator sends a file, by its code or id: `{id}`, or `{problem}`. */
async function providerOf() {
  if (!may("region:manage")) return {};
  const { answer, problem } = await get(`v1/providers/${encodeURIComponent(byId("provider").value.trim() || "-")}`);
  return { id: answer?.id, problem };
}

/** Sends a file; `ignored` are columns of it that the registry does not know and need not. */
async function upload(file, ignored = []) {
  if (!file || !may("certificates:write") || told.uploading) return;
  refuse("upload-refused", null);
  odd = null;
  drawOdd();
  tellAll({ uploading: "page.upload.going", notice: "" });
  const { id: provider, problem: unknown } = await providerOf();
  const mapping = ignored.length > 0 ? { mapping: JSON.stringify(Object.fromEntries(ignored.map((name) => [name, null]))) } : {};
  const query = new URLSearchParams({ name: file.name, ...(provider ? { provider } : {}), ...mapping });
  const { answer, problem, isNew } = unknown ? { problem: unknown } : await send(`v1/batches?${query}`, file);
  tellAll({ uploading: "" });
  byId("file").value = "";
  if (!clientId()) return;
  odd = problem?.code === "batches.unknown_column" && problem.field ? { file, columns: [...ignored, problem.field] } : null;
  refuse("upload-refused", problem);
  drawOdd();
  if (!answer) return;
  tellAll({ notice: isNew ? "" : "page.upload.again" });
  wrong = null;
  refuse("batch-refused", null);
  change(answer);
  byId("batch-title").focus();
}

/** The way out of a column that the registry does not know: to leave it out. */
function drawOdd() {
  byId("upload-odd").hidden = !odd;
  byId("upload-odd").textContent = odd ? tell("page.upload.ignore", { column: odd.columns.at(-1) }) : "";
}

/** Nothing of the session stays on the page. */
function leave(code) {
  forget();
  watching.abort();
  view = wrong = odd = null;
  list = { items: [], next: null };
  problems = {};
  for (const place of ["sign-in-refused", "upload-refused", "batch-refused"]) refuse(place, null);
  clearIssued();
  clearChanges();
  told.uploading = "";
  tellAll({ notice: code });
  draw();
  byId("notice").focus();
}

function listen() {
  byId("sign-in").addEventListener("submit", async (event) => {
    event.preventDefault();
    const problem = await signIn(byId("client").value.trim(), byId("secret").value.trim());
    refuse("sign-in-refused", problem);
    if (problem) return;
    byId("secret").value = "";
    tellAll({ notice: "" });
    draw();
    readList();
    readChanges();
    if (last?.client === clientId()) show(last.id);
    else byId("upload-title").focus();
  });
  byId("sign-out").addEventListener("click", () => {
    last = null;
    leave("page.client.signed_out");
  });
  byId("file").addEventListener("change", () => upload(byId("file").files[0]));
  byId("upload-odd").addEventListener("click", () => upload(odd.file, odd.columns));
  const drop = byId("drop");
  for (const name of ["dragenter", "dragover", "dragleave", "drop"]) {
    drop.addEventListener(name, (event) => {
      event.preventDefault();
      drop.classList.toggle("over", name === "dragenter" || name === "dragover");
      if (name === "drop") upload(event.dataTransfer.files[0]);
    });
  }
  listenToIssued();
  listenToChanges(() => view, providerOf);
}

await begin(draw, ["words-batches.json"]);
listen();
watch(() => leave("page.client.ended"));
