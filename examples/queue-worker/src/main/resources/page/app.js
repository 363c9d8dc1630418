// Asks for the workflows twice a second and changes only what has changed, so that bars glide and the focus stays.
// Everything that comes from the server is inserted as text.

const WORKFLOWS = "/api/workflows";
const ASK_EVERY = 500;
const ANSWER_WITHIN = 5000;
const STILL_AFTER = 4000;
const NOTICE_FOR = 6000;
const SHORT_ID = 8;

const CANCEL = { name: "cancel", label: "Cancel" };
const RESUME = { name: "resume", label: "Resume" };
const STATES = {
  ENQUEUED: { label: "Queued", look: "queued", action: CANCEL },
  DELAYED: { label: "Delayed", look: "queued", action: CANCEL },
  PENDING: { label: "Running", look: "running", action: CANCEL },
  SUCCESS: { label: "Done", look: "success" },
  ERROR: { label: "Failed", look: "failed" },
  CANCELLED: { label: "Cancelled", look: "ended", action: RESUME },
  MAX_RECOVERY_ATTEMPTS_EXCEEDED: { label: "Given up", look: "failed", action: RESUME },
};

const element = (id) => document.getElementById(id);
const stateOf = (workflow) => STATES[workflow.workflow_status] ?? { label: workflow.workflow_status, look: "ended" };
const isActive = (workflow) => ["queued", "running"].includes(stateOf(workflow).look);

// ---- asking ------------------------------------------------------------------------------------------------------

async function ask(path, options) {
  let response;
  try {
    response = await fetch(path, { ...options, signal: AbortSignal.timeout(ANSWER_WITHIN) });
  } catch {
    throw new Error("The web server does not answer. This page goes on when it does.");
  }
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error);
  return answer;
}

let asked = 0; // questions are numbered
let shown = 0;

/** An answer that has been overtaken by that to a later question is not shown. */
async function refresh() {
  const question = ++asked;
  try {
    const workflows = await ask(WORKFLOWS);
    if (question < shown) return;
    shown = question;
    show(workflows);
    failure = null;
  } catch (problem) {
    failure = problem.message;
    movedAt = performance.now();
  }
  showBanner();
}

async function keepAsking() {
  if (!document.hidden) await refresh();
  setTimeout(keepAsking, ASK_EVERY);
}

async function change(path, body) {
  try {
    await ask(path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body ?? {}),
    });
    notice = null;
  } catch (problem) {
    notice = problem.message;
    setTimeout(() => { notice = null; showBanner(); }, NOTICE_FOR);
  }
  await refresh();
}

// ---- showing -----------------------------------------------------------------------------------------------------

const rows = new Map();

function show(workflows) {
  watch(workflows);
  const body = element("workflows");
  let place = body.firstElementChild;
  for (const workflow of workflows) {
    const row = rows.get(workflow.workflow_id) ?? newRow(workflow.workflow_id);
    update(row, workflow);
    if (row === place) place = place.nextElementSibling;
    else body.insertBefore(row, place);
  }
  while (place) {
    const next = place.nextElementSibling;
    rows.delete(place.dataset.id);
    place.remove();
    place = next;
  }
  document.querySelector("table").hidden = workflows.length === 0;
  element("empty").hidden = workflows.length > 0;
  element("summary").textContent = summary(workflows);
}

function newRow(id) {
  const row = element("row").content.firstElementChild.cloneNode(true);
  const code = row.querySelector("code");
  code.textContent = id.slice(-SHORT_ID); // ids of one minute begin alike
  code.title = id;
  row.dataset.id = id;
  row.querySelector(".bar").setAttribute("aria-label", `Progress of workflow ${code.textContent}`);
  row.querySelector("button").addEventListener("click", (event) => act(event.currentTarget, id));
  rows.set(id, row);
  return row;
}

/** Not really disabled meanwhile: a button that is loses the focus. */
async function act(button, id) {
  if (button.ariaDisabled === "true") return;
  button.ariaDisabled = "true";
  await change(`${WORKFLOWS}/${encodeURIComponent(id)}/${button.dataset.action}`);
  button.ariaDisabled = "false";
}

function update(row, workflow) {
  const state = stateOf(workflow);
  row.className = state.look;
  const badge = row.querySelector(".badge");
  badge.textContent = state.label;
  badge.title = workflow.workflow_status;
  updateProgress(row, workflow);
  updateTimes(row, workflow);
  const error = row.querySelector(".error");
  error.textContent = workflow.error ?? "";
  error.hidden = workflow.error === null;
  const button = row.querySelector("button");
  button.hidden = !state.action;
  button.dataset.action = state.action?.name ?? "";
  button.textContent = state.action?.label ?? "";
  button.setAttribute("aria-label", `${button.textContent} workflow ${workflow.workflow_id.slice(-SHORT_ID)}`);
}

function updateProgress(row, { steps_completed: completed, num_steps: total, ...workflow }) {
  const known = completed !== null;
  const bar = row.querySelector(".bar");
  bar.setAttribute("aria-valuemax", total ?? 100);
  bar.setAttribute("aria-valuenow", completed ?? 0);
  bar.setAttribute("aria-valuetext", known ? `${completed} of ${total} steps` : "not begun");
  row.querySelector(".fill").style.width = known ? `${(100 * completed) / total}%` : "0";
  row.querySelector(".steps").textContent = known
    ? `${completed} / ${total} steps`
    : isActive(workflow) ? "waits for a worker" : "not begun";
}

function updateTimes(row, workflow) {
  const created = new Date(workflow.created_at);
  const ended = workflow.completed_at === null ? Date.now() : new Date(workflow.completed_at);
  const time = row.querySelector("time");
  const today = created.toDateString() === new Date().toDateString();
  time.dateTime = workflow.created_at;
  time.title = created.toLocaleString();
  time.textContent = today ? created.toLocaleTimeString() : created.toLocaleString();
  row.querySelector(".time").textContent = duration(Math.max(0, Math.round((ended - created) / 1000)));
}

function duration(seconds) {
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}

function summary(workflows) {
  const counts = new Map();
  for (const workflow of workflows) {
    const { label } = stateOf(workflow);
    counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  return [...counts].map(([label, count]) => `${count} ${label.toLowerCase()}`).join(" · ");
}

// ---- saying what is wrong ----------------------------------------------------------------------------------------

let failure = null;
let notice = null;
let active = [];
let seen = "";
let movedAt = performance.now();

/** Notes when something last got ahead. Nobody tells whether a worker lives; but where one does, something moves. */
function watch(workflows) {
  active = workflows.filter(isActive);
  const now = JSON.stringify(active.map((each) => [each.workflow_id, each.workflow_status, each.steps_completed]));
  if (now === seen) return;
  seen = now;
  movedAt = performance.now();
}

function showBanner() {
  const still = active.length > 0 && performance.now() - movedAt > STILL_AFTER;
  document.body.classList.toggle("still", still || failure !== null);
  document.body.classList.toggle("unreachable", failure !== null);
  const text = failure ?? notice ?? (still ? stillness() : null);
  const banner = element("banner");
  banner.classList.toggle("failure", failure !== null || notice !== null);
  banner.hidden = text === null;
  if (text === null || banner.dataset.text === text) return;
  banner.dataset.text = text;
  banner.replaceChildren(...text.split("`").map((part, i) => i % 2 === 0 ? part : codeOf(part)));
}

function stillness() {
  const begun = active.some((workflow) => stateOf(workflow).look === "running");
  const [what, start] = begun
    ? ["Nothing moves", "Start one, and it goes on where the last one was"]
    : ["The queue waits", "Start one"];
  return `${what}: no worker seems to be running. ${start}: \`./demo queue-worker worker\``;
}

function codeOf(text) {
  const code = document.createElement("code");
  code.textContent = text;
  return code;
}

// ---- beginning ---------------------------------------------------------------------------------------------------

element("enqueue").addEventListener("submit", (event) => {
  event.preventDefault();
  change(WORKFLOWS, { num_steps: element("steps").valueAsNumber });
});

document.addEventListener("visibilitychange", () => {
  movedAt = performance.now();
  if (!document.hidden) refresh();
});

keepAsking();
