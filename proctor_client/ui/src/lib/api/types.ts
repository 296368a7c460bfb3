/** Views and paths of the HTTP API, in the form that openapi-typescript gives them. */

import type { components } from "./schema";

type Schemas = components["schemas"];

export type Uuid = string;
/** ISO 8601, UTC. */
export type Instant = string;
/** Decimal text with a dot, never a float. */
export type Mark = string;

export interface List<Row> {
  items: Row[];
  total: number;
}

export type Role =
  | "administrator"
  | "item_author"
  | "item_reviewer"
  | "board_member"
  | "proctor"
  | "marker"
  | "certificate_officer"
  | "inspector"
  | "candidate";

export interface SessionView {
  actor: null | {
    id: Uuid;
    kind: "user" | "candidate";
    display_name: string;
    roles: Role[];
    permissions: string[];
  };
  csrf_token: string | null;
  expires_at: Instant | null;
  server_time: Instant;
}

export interface UserRow {
  id: Uuid;
  username: string;
  display_name: string;
  roles: Role[];
  is_active: boolean;
  last_login_at: Instant | null;
}

export interface AuditRow {
  seq: number;
  at: Instant;
  actor_name: string;
  action: string;
  object_type: string;
  object_id: string;
  summary: string;
  hash: string;
}

export interface JobView {
  id: Uuid;
  kind: string;
  status: "queued" | "running" | "succeeded" | "failed";
  /** 0 to 1. */
  progress: number;
  message: string;
  result: Record<string, unknown> | null;
  error: { title: string; detail: string; code: string; errors?: ProblemRow[] } | null;
}

export interface ProblemRow {
  place: string;
  code: string;
  message: string;
  fix: string;
}

// Item bank

export interface ModuleRow {
  code: string;
  name: string;
  name_en: string;
  standard_level: "basic" | "advanced";
  sections: { code: string; name: string; source: string }[];
}

export type ItemStatus = "draft" | "approved" | "retired";

export interface ItemRow {
  id: Uuid;
  code: string;
  module_code: string;
  section_code: string;
  cognitive_level: string;
  status: ItemStatus;
  stem_text: string;
  version_number: number;
  author_name: string;
  calibration: null | { a: number; b: number; se_a: number; se_b: number; calibration_id: Uuid };
  updated_at: Instant;
}

export interface ItemList extends List<ItemRow> {
  facets: Record<"module" | "level" | "status", Record<string, number>>;
}

export interface ItemDetail extends ItemRow {
  stem_html: string;
  options: { id: string; html: string }[];
  /** Null without the permission `item_key.read`. */
  key: string[] | null;
  explanation: string | null;
  points: Mark;
  versions: { version_number: number; created_at: Instant; author_name: string; content_hash: string }[];
  statistics: null | { p: number; item_rest: number; n: number };
}

export interface ImportMessage {
  row: number;
  column: string | null;
  code: string;
  message: string;
  fix: string;
}

export interface ItemImport {
  id: Uuid;
  file_name: string;
  rows_read: number;
  new_items: number;
  changed_items: number;
  unchanged_items: number;
  errors: ImportMessage[];
  warnings: ImportMessage[];
}

export interface CalibrationRow {
  id: Uuid;
  name: string;
  status: "running" | "estimated" | "approved" | "failed";
  is_simulated: boolean;
  model: string;
  n_candidates: number;
  n_items: number;
  n_responses: number;
  created_at: Instant;
  created_by: string;
  approved_by: string | null;
}

export interface CalibrationItem {
  item_id: Uuid;
  code: string;
  stem_text: string;
  module_code: string;
  cognitive_level: string;
  a: number;
  se_a: number;
  b: number;
  se_b: number;
  p: number;
  item_rest: number;
  n: number;
  flags: string[];
}

export interface CalibrationDetail extends CalibrationRow {
  log_likelihood: number;
  iterations: number;
  converged: boolean;
  max_gradient: number;
  marginal_reliability: number;
  items: CalibrationItem[];
  excluded: { code: string; reason: string }[];
}

export interface CalibrationCurves {
  theta: number[];
  test_information: number[];
  standard_error: number[];
  items: {
    code: string;
    p: number[];
    information: number[];
    empirical: { theta: number; p: number; n: number }[];
  }[];
}

export interface BlueprintCell {
  module_code: string;
  cognitive_level: string;
  count: number;
}

export interface BlueprintInput {
  name: string;
  form_length: number;
  duration_minutes: number;
  cut_theta: number;
  cells: BlueprintCell[];
}

export interface BlueprintView extends BlueprintInput {
  id: Uuid;
  supply: { module_code: string; cognitive_level: string; available: number }[];
}

export interface AssemblyRow {
  id: Uuid;
  status: "running" | "assembled" | "infeasible" | "published" | "failed";
  blueprint: { id: Uuid; name: string };
  form_count: number;
  cut_theta: number;
  max_relative_difference: number | null;
}

export interface AssemblyDetail extends AssemblyRow {
  tolerance: number;
  objective: number | null;
  bound: number | null;
  gap: number | null;
  theta: number[];
  forms: {
    form_code: string;
    information: number[];
    expected_score: number[];
    information_at_cut: number;
    cells: BlueprintCell[];
    items: {
      position: number;
      item_id: Uuid;
      code: string;
      stem_text: string;
      module_code: string;
      cognitive_level: string;
      a: number;
      b: number;
    }[];
  }[];
  overlap: number[][];
  conflict: { code: string; message: string; data: Record<string, unknown> }[];
  published_form_ids: Uuid[];
}

// Forms

export interface FormRow {
  id: Uuid;
  form_code: string;
  title: string;
  item_count: number;
  duration_minutes: number;
  published_at: Instant;
  content_hash: string;
}

export interface SingleChoiceView {
  ref: string;
  interaction: "single_choice";
  module: { code: string; name: string };
  points: Mark;
  language: string;
  /** HTML sanitised by the server. */
  stem: string;
  options: { id: string; content: string }[];
}

/** What a candidate may see of an item; there is no member for a key, a mapping or parameters. */
export type ItemView = SingleChoiceView;

export interface FormDetail extends FormRow {
  items: { position: number; item_code: string; module_code: string; view: ItemView }[];
}

// Sittings

export interface ExamInput {
  code: string;
  name: string;
  standard_level: "basic" | "advanced";
  duration_minutes: number;
}
export interface ExamView extends ExamInput {
  id: Uuid;
}

export interface AdministrationInput {
  exam_id: Uuid;
  name: string;
  council_name: string;
  place: string;
  number_template: string;
}
export interface AdministrationView extends AdministrationInput {
  id: Uuid;
  rule_set_code: string;
}

export interface RoomInput {
  name: string;
  seat_count: number;
}
export interface CentreView {
  id: Uuid;
  code: string;
  name: string;
  address: string;
  rooms: (RoomInput & { id: Uuid })[];
}

export interface SittingInput {
  name: string;
  administration_id: Uuid;
  opens_at: Instant;
  closes_at: Instant;
  duration_minutes: number;
  grace_seconds: number;
}

export interface SittingView {
  id: Uuid;
  name: string;
  administration: AdministrationView;
  opens_at: Instant;
  closes_at: Instant;
  duration_minutes: number;
  grace_seconds: number;
  status: "draft" | "ready" | "running" | "closed" | "marked" | "approved";
  access_code: string | null;
  rooms: {
    id: Uuid;
    name: string;
    seat_count: number;
    registered: number;
    proctors: { id: Uuid; name: string }[];
  }[];
  forms: { id: Uuid; form_code: string }[];
  counts: { registered: number; logged_in: number; running: number; submitted: number };
}

export interface CandidateImport {
  id: Uuid;
  rows_read: number;
  new: number;
  errors: ImportMessage[];
  warnings: ImportMessage[];
}

export interface RegistrationRow {
  id: Uuid;
  candidate_number: string | null;
  full_name: string;
  /** dd/MM/yyyy or yyyy. */
  birth_date: string;
  sex: string;
  birth_place: string;
  identity_number_masked: string;
  organisation: string | null;
  room_name: string | null;
  seat_number: number | null;
  form_code: string | null;
  extra_minutes: number;
  state: SeatState;
}

// Proctoring

export type SeatState =
  | "absent"
  | "logged_in"
  | "confirmed"
  | "unlocked"
  | "running"
  | "offline"
  | "submitted"
  | "closed";

export interface ProctoredRoom {
  sitting_id: Uuid;
  sitting_name: string;
  room_id: Uuid;
  room_name: string;
  opens_at: Instant;
  status: SittingView["status"];
}

export interface ProctoredSeat {
  registration_id: Uuid;
  seat_number: number;
  candidate_number: string;
  full_name: string;
  birth_date: string;
  state: SeatState;
  needs_unlock: boolean;
  answered: number;
  total: number;
  flagged: number;
  remaining_ms: number | null;
  last_seen_at: Instant | null;
  offline_ms: number | null;
  focus_lost_count: number;
  extra_minutes: number;
}

export interface RoomBoard {
  sitting: {
    id: Uuid;
    name: string;
    exam_name?: string;
    opens_at: Instant;
    closes_at: Instant;
    status: SittingView["status"];
  };
  room: { id: Uuid; name: string; seat_count: number };
  access_code: string | null;
  server_time: Instant;
  seats: ProctoredSeat[];
  events: { at: Instant; seat_number: number | null; kind: string; text: string }[];
}

/** Seats an act is meant for. */
export type SeatChoice = { registration_ids: Uuid[] } | { all: true };

// Delivery: as the server's own schema has them

export type SeatView = Schemas["SeatView"];
export type SealedPaper = Schemas["PaperView"];
/** One journal operation as stored: the hash covers exactly the text in `body`. */
export type JournalOp = Schemas["OperationView"];
export type AttemptView = Schemas["StartedAttempt"];
export type Instruction = Schemas["InstructionDocument"];
export type Receipt = Schemas["ReceiptDocument"];
export type SubmissionView = Schemas["SubmittedAttempt"];

/** A candidate's own result; everything is null until it is released. */
export interface OwnResult {
  decision: Decision | null;
  mark: Mark | null;
  mark_in_words: string | null;
  raw: Mark | null;
  max: Mark | null;
  released_at: Instant | null;
}

// Results and certificates

export type Decision = "pass" | "fail" | "absent";

export interface ResultSittingRow {
  sitting_id: Uuid;
  name: string;
  status: "running" | "marking" | "ready" | "proposed" | "approved";
  counts: Record<string, number>;
}

export interface ResultRow {
  registration_id: Uuid;
  candidate_number: string;
  full_name: string;
  birth_date: string;
  form_code: string | null;
  raw: Mark | null;
  max: Mark | null;
  mark: Mark | null;
  mark_in_words: string | null;
  decision: Decision;
  finish_kind: "submitted" | "time_over" | "absent";
}

export interface ResultDetail {
  sitting: { id: Uuid; name: string; opens_at: Instant };
  status: ResultSittingRow["status"];
  rule_set: { code: string; legal_basis: string; valid_from: string; rule_text: string };
  proposed_by: string | null;
  approved_by: string | null;
  decision_number: string | null;
  rows: ResultRow[];
  counts: { pass: number; fail: number; absent: number };
}

export interface CertificateRow {
  id: Uuid;
  public_id: string;
  register_number: string;
  serial_number: string;
  holder_name: string;
  birth_date: string;
  standard_level: "basic" | "advanced";
  issued_on: string;
  status: "valid" | "revoked" | "superseded";
  sitting_name: string;
}

// Paths

interface Answers<Status extends number, Body> {
  responses: Record<Status, { headers: Record<string, unknown>; content: { "application/json": Body } }>;
}
interface NoAnswer {
  responses: { 204: { headers: Record<string, unknown>; content?: never } };
}
interface FileAnswer {
  responses: { 200: { headers: Record<string, unknown>; content: { "application/octet-stream": Blob } } };
}
interface Takes<Body> {
  requestBody: { content: { "application/json": Body } };
}
interface TakesFile<Fields = unknown> {
  requestBody: { content: { "multipart/form-data": { file: File } & Fields } };
}
interface At<Keys extends string> {
  parameters: { path: Record<Keys, string> };
}
interface Asks<Query> {
  parameters: { query?: Query };
}
interface Paging {
  q?: string;
  sort?: string;
  offset?: number;
  limit?: number;
}
type Get<Body> = Answers<200, Body>;
type Post<Body, Result> = Takes<Body> & Answers<200, Result>;
type Created<Body, Result> = Takes<Body> & Answers<201, Result>;

export interface paths {
  "/api/session": {
    get: Get<SessionView>;
    post: Post<{ username: string; password: string }, SessionView>;
    delete: NoAnswer;
  };
  "/api/session/candidate": {
    post: Post<{ access_code: string; candidate_number: string; identity_suffix: string }, SessionView>;
  };
  "/api/account/password": { post: Takes<{ current_password: string; new_password: string }> & NoAnswer };
  "/api/users": {
    get: Asks<Paging> & Get<List<UserRow>>;
    post: Created<{ username: string; display_name: string; password: string; roles: Role[] }, UserRow>;
  };
  "/api/users/{id}": {
    patch: At<"id"> &
      Post<{ display_name?: string; roles?: Role[]; is_active?: boolean; password?: string }, UserRow>;
  };
  "/api/audit": { get: Asks<Paging> & Get<List<AuditRow>> };
  "/api/audit/verification": { get: Get<{ rows: number; intact: boolean; first_broken_seq: number | null }> };
  "/api/jobs/{id}": { get: At<"id"> & Get<JobView> };

  "/api/modules": { get: Get<{ items: ModuleRow[] }> };
  "/api/items": {
    get: Asks<Paging & { module?: string; level?: string; status?: ItemStatus }> & Get<ItemList>;
  };
  "/api/items/{id}": { get: At<"id"> & Get<ItemDetail> };
  "/api/items/imports": { post: TakesFile & Answers<201, ItemImport> };
  "/api/items/imports/{id}/apply": {
    post: At<"id"> &
      Post<
        { skip_rows_with_errors: boolean },
        { created: number; new_versions: number; unchanged: number; skipped: number }
      >;
  };
  "/api/items/imports/template": { get: FileAnswer };
  "/api/items/approvals": {
    post: Post<
      | { item_ids: Uuid[] }
      | { all_matching: { module?: string; level?: string; status?: ItemStatus; q?: string } },
      { approved: number; refused: { code: string; reason_code: string; reason: string }[] }
    >;
  };
  "/api/calibrations": {
    get: Asks<Paging> & Get<List<CalibrationRow>>;
    post: TakesFile<{ name: string }> & Answers<202, { calibration_id: Uuid; job_id: Uuid }>;
  };
  "/api/calibrations/{id}": { get: At<"id"> & Get<CalibrationDetail> };
  "/api/calibrations/{id}/curves": {
    get: { parameters: { path: { id: string }; query?: { items?: string } } } & Get<CalibrationCurves>;
  };
  "/api/calibrations/{id}/approval": { post: At<"id"> & Get<CalibrationDetail> };
  "/api/blueprints": {
    get: Asks<Paging> & Get<List<BlueprintView>>;
    post: Created<BlueprintInput, BlueprintView>;
  };
  "/api/blueprints/{id}": {
    get: At<"id"> & Get<BlueprintView>;
    put: At<"id"> & Post<BlueprintInput, BlueprintView>;
  };
  "/api/assemblies": {
    get: Asks<Paging> & Get<List<AssemblyRow>>;
    post: Takes<{ blueprint_id: Uuid; form_count: number; seed?: number }> &
      Answers<202, { assembly_id: Uuid; job_id: Uuid }>;
  };
  "/api/assemblies/{id}": { get: At<"id"> & Get<AssemblyDetail> };
  "/api/assemblies/{id}/publication": { post: At<"id"> & Get<{ form_ids: Uuid[] }> };

  "/api/forms": { get: Asks<Paging> & Get<List<FormRow>> };
  "/api/forms/{id}": { get: At<"id"> & Get<FormDetail> };

  "/api/exams": { get: Asks<Paging> & Get<List<ExamView>>; post: Created<ExamInput, ExamView> };
  "/api/administrations": {
    get: Asks<Paging> & Get<List<AdministrationView>>;
    post: Created<AdministrationInput, AdministrationView>;
  };
  "/api/centres": {
    get: Asks<Paging> & Get<List<CentreView>>;
    post: Created<{ code: string; name: string; address: string }, CentreView>;
  };
  "/api/centres/{id}/rooms": { post: At<"id"> & Created<RoomInput, CentreView> };
  "/api/sittings": { get: Asks<Paging> & Get<List<SittingView>>; post: Created<SittingInput, SittingView> };
  "/api/sittings/{id}": {
    get: At<"id"> & Get<SittingView>;
    patch: At<"id"> & Post<Partial<SittingInput>, SittingView>;
  };
  "/api/sittings/{id}/rooms": { post: At<"id"> & Post<{ room_id: Uuid; proctor_ids: Uuid[] }, SittingView> };
  "/api/sittings/{id}/forms": { put: At<"id"> & Post<{ form_ids: Uuid[] }, SittingView> };
  "/api/sittings/{id}/candidate-imports": { post: At<"id"> & TakesFile & Answers<201, CandidateImport> };
  "/api/sittings/{id}/candidate-imports/{import_id}/apply": {
    post: At<"id" | "import_id"> & Get<{ created: number }>;
  };
  "/api/candidate-import-template": { get: FileAnswer };
  "/api/sittings/{id}/registrations": {
    get: { parameters: { path: { id: string }; query?: Paging } } & Get<List<RegistrationRow>>;
  };
  "/api/registrations/{id}": { patch: At<"id"> & Post<{ extra_minutes: number }, RegistrationRow> };
  "/api/sittings/{id}/arrangement": { post: At<"id"> & Get<SittingView> };
  "/api/sittings/{id}/readiness": { post: At<"id"> & Get<SittingView> };

  "/api/proctoring/rooms": { get: Get<{ items: ProctoredRoom[] }> };
  "/api/proctoring/sittings/{sid}/rooms/{rid}": {
    get: {
      parameters: { path: { sid: string; rid: string }; header?: { "If-None-Match"?: string } };
    } & Get<RoomBoard>;
  };
  "/api/proctoring/sittings/{sid}/rooms/{rid}/unlock": {
    post: At<"sid" | "rid"> & Takes<SeatChoice> & NoAnswer;
  };
  "/api/proctoring/sittings/{sid}/rooms/{rid}/lock": {
    post: At<"sid" | "rid"> & Takes<SeatChoice> & NoAnswer;
  };
  "/api/proctoring/sittings/{sid}/rooms/{rid}/messages": {
    post: At<"sid" | "rid"> & Takes<SeatChoice & { text: string }> & NoAnswer;
  };

  "/api/results": { get: Asks<Paging> & Get<List<ResultSittingRow>> };
  "/api/results/own": { get: Get<OwnResult> };
  "/api/results/{sitting_id}": { get: At<"sitting_id"> & Get<ResultDetail> };
  "/api/results/{sitting_id}/proposal": { post: At<"sitting_id"> & Get<ResultDetail> };
  "/api/results/{sitting_id}/approval": {
    post: At<"sitting_id"> & Post<{ decision_number: string }, ResultDetail>;
  };
  "/api/results/{sitting_id}/return": { post: At<"sitting_id"> & Post<{ reason: string }, ResultDetail> };

  "/api/certificates": {
    get: Asks<Paging & { status?: CertificateRow["status"]; sitting_id?: Uuid }> & Get<List<CertificateRow>>;
  };
  "/api/certificates/{id}": { get: At<"id"> & Get<CertificateRow & Record<string, unknown>> };
  "/api/certificates/issuable": {
    get: Get<{ items: { sitting_id: Uuid; name: string; passed: number; issued: number }[] }>;
  };
  "/api/certificates/issues": {
    post: Takes<{ sitting_id: Uuid; issued_on?: string }> & Answers<202, { job_id: Uuid }>;
  };
  "/api/certificates/{id}/revocation": {
    post: At<"id"> & Post<{ reason_code: string; decision_number: string; note: string }, CertificateRow>;
  };
  "/api/verification/certificates/{public_id}": {
    get: At<"public_id"> &
      Get<{ state: "valid" | "revoked" | "superseded" | "unknown" } & Record<string, unknown>>;
  };
}
