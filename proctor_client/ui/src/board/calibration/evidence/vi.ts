/** Vietnamese words of the evidence on calibrations. */
import { type Data, difficulty, figure, percent, text } from "./findingFigures";

/** Groupings that files name in a known way; others keep their own names. */
const groupings: Readonly<Record<string, string>> = {
  gender: "Giới tính",
  unit: "Đơn vị",
  class: "Lớp",
  region: "Vùng",
  group: "Nhóm",
};
const groupingOf = (name: string): string => groupings[name] ?? name;
/** Groups that the house's own results name in a known way; others keep the names that files give them. */
const groups: Readonly<Record<string, string>> = { male: "Nam", female: "Nữ" };
const groupOf = (name: string): string => groups[name] ?? name;

export const vi = {
  print: "In",
  percent: (share: string) => `${share}\u00a0%`,
  items: "Các câu của lần này",
  place: (place: string, total: string) => `Câu ${place} trong ${total}`,
  previous: "Câu trước",
  following: "Câu sau",
  openItem: "Mở câu trong ngân hàng",
  anchor: "Câu neo",
  partial: (looked: string, all: string) =>
    `Số liệu dưới đây tính từ ${looked} trong ${all} thí sinh, lấy cách đều, để tính nhanh.`,
  summary: "Nói gọn",
  noFindings: "Chưa có số liệu để nhận xét.",
  tones: { bad: "Cần xử lý", warn: "Nên xem", info: "Lưu ý", ok: "Tốt" },
  findings: {
    very_easy: (d: Data) =>
      `Hầu như ai cũng làm đúng (${percent(d, "share")}): câu không phân loại được thí sinh.`,
    easy: (d: Data) => `Câu dễ: ${percent(d, "share")} số điểm đạt được${difficulty(d)}.`,
    medium: (d: Data) => `Câu vừa sức: ${percent(d, "share")} số điểm đạt được${difficulty(d)}.`,
    hard: (d: Data) => `Câu khó: ${percent(d, "share")} số điểm đạt được${difficulty(d)}.`,
    very_hard: (d: Data) => `Rất ít người làm đúng (${percent(d, "share")}): kiểm tra đáp án và lời văn.`,
    negative_discrimination: (d: Data) =>
      `Người giỏi làm đúng ít hơn người yếu (a = ${figure(d, "a", 2)}): rất có thể sai đáp án.`,
    weak_discrimination: (d: Data) =>
      `Câu phân biệt kém người giỏi với người yếu (a = ${figure(d, "a", 2)}).`,
    good_discrimination: (d: Data) =>
      `Câu phân biệt tốt người giỏi với người yếu (a = ${figure(d, "a", 2)}).`,
    strong_discrimination: (d: Data) =>
      `Câu phân biệt rất rõ người giỏi với người yếu (a = ${figure(d, "a", 2)}).`,
    easier_than_expected: (d: Data) =>
      `Câu này dễ hơn dự kiến: số điểm đạt được cao hơn ${percent(d, "share")} so với tham số đang dùng. Có thể đã lộ đề hoặc đã được dạy kỹ.`,
    harder_than_expected: (d: Data) =>
      `Câu này khó hơn dự kiến: số điểm đạt được thấp hơn ${percent(d, "share")} so với tham số đang dùng. Xem lại nội dung, cách dạy và đáp án.`,
    fits: (d: Data) => `Đường cong mô hình khớp với bài làm (RMSD ${figure(d, "rmsd", 3)}).`,
    misfits_slightly: (d: Data) =>
      `Đường cong mô hình hơi lệch khỏi bài làm (RMSD ${figure(d, "rmsd", 3)}): xem hình.`,
    misfits: (d: Data) =>
      `Đường cong mô hình lệch hẳn khỏi bài làm (RMSD ${figure(d, "rmsd", 3)}): không nên dùng tham số này.`,
    noisy: (d: Data) =>
      `Bài làm thất thường hơn mô hình (infit hoặc outfit ${figure(d, "mean_square", 2)}): đoán mò, câu mơ hồ hoặc hai ý trong một câu.`,
    too_regular: (d: Data) =>
      `Bài làm đều hơn mô hình (infit hoặc outfit ${figure(d, "mean_square", 2)}): câu có thể lặp ý với câu khác.`,
    distractor_above_key: (d: Data) =>
      d.option === undefined
        ? "Một phương án nhiễu được người giỏi chọn nhiều hơn đáp án: nhờ người được xem đáp án kiểm tra lại."
        : `Phương án ${text(d, "option")} được người giỏi chọn nhiều hơn đáp án: kiểm tra lại đáp án.`,
    idle_distractors: (d: Data) =>
      d.options === undefined
        ? `${figure(d, "count", 0)} phương án nhiễu hầu như không ai chọn (dưới 5 %).`
        : `Phương án nhiễu hầu như không ai chọn (dưới 5 %): ${text(d, "options")}.`,
    differs_moderately: (d: Data) =>
      `${groupingOf(text(d, "grouping"))}: với năng lực như nhau, câu này khó hơn với ${groupOf(text(d, "harder_for"))} so với ${groupOf(text(d, "easier_for"))} ở mức vừa (B).`,
    differs_much: (d: Data) =>
      `${groupingOf(text(d, "grouping"))}: với năng lực như nhau, câu này khó hơn hẳn với ${groupOf(text(d, "harder_for"))} so với ${groupOf(text(d, "easier_for"))} (mức C): cần xem có thiên lệch không.`,
    differs_little: (_: Data) => "Câu này như nhau với các nhóm thí sinh có năng lực bằng nhau (mức A).",
    groups_small: (_: Data) =>
      "Có nhóm ít hơn 200 người hoặc hai nhóm chưa đủ 500: kết quả so sánh nhóm chỉ để tham khảo.",
    few_answers: (d: Data) => `Chỉ có ${figure(d, "n", 0)} lượt trả lời: tham số còn kém chắc chắn.`,
  },
  // Item page
  curve: "Đường cong đặc trưng",
  curveLead:
    "Đường liền là mô hình; vòng tròn là phần điểm mà các nhóm năng lực đạt được, vạch dọc là khoảng tin cậy 95 %. Vòng tròn nằm gần đường là tốt.",
  model: (name: string) => `Mô hình ${name}`,
  observed: "Bài làm, theo nhóm năng lực",
  theta: "Năng lực θ",
  probability: "Xác suất đúng",
  expectedShare: "Phần điểm trung bình",
  groupsTable: "Các nhóm năng lực",
  groupAbility: "Năng lực trung bình",
  candidates: "Thí sinh",
  observedShare: "Quan sát",
  interval: "Khoảng 95 %",
  expected: "Mô hình",
  categories: "Xác suất của từng mức điểm",
  score: (score: number) => `${score} điểm`,
  information: "Lượng thông tin",
  informationLead: (at: string) => `Câu này đo chính xác nhất quanh năng lực ${at}.`,
  figures: "Số liệu",
  slope: "Độ phân biệt a",
  location: "Độ khó b",
  guessing: "Đoán mò c",
  steps: "Các ngưỡng",
  facility: "Tỉ lệ đúng",
  itemRest: "r câu–còn lại",
  answers: "Lượt trả lời",
  infit: "Infit",
  outfit: "Outfit",
  withZ: (value: string, z: string) => `${value} (z ${z})`,
  rmsd: "RMSD",
  sx2: "S-X²",
  sx2Value: (statistic: string, df: string, p: string) => `${statistic}, bậc tự do ${df}, p hiệu chỉnh ${p}`,
  options: "Các phương án",
  optionsLead:
    "Thí sinh chia làm 5 nhóm theo điểm các câu khác, nhóm 1 yếu nhất. Đường của đáp án nên đi lên, đường của phương án nhiễu nên đi xuống.",
  optionsHidden: "Đường cong phương án cho thấy đáp án nên chỉ hiện với người được xem đáp án.",
  optionsUnknown: "Dữ liệu của lần này chỉ có điểm, không có phương án đã chọn.",
  option: "Phương án",
  isKey: "đáp án",
  blank: "Bỏ trống",
  chosenBy: "Số người chọn",
  share: "Tỉ lệ",
  pointBiserial: "r điểm nhị phân",
  groupAxis: "Nhóm năng lực (1 yếu nhất, 5 giỏi nhất)",
  shareOfGroup: "Phần của nhóm chọn",
  remarks: { rarely_chosen: "ít người chọn", attracts_able: "người giỏi chọn" },
  suspected: "có thể là đáp án",
  differences: "So sánh các nhóm thí sinh (DIF)",
  differencesLead:
    "So sánh những thí sinh có năng lực như nhau. Mức A: không đáng kể, B: vừa, C: lớn (phân loại của ETS).",
  noGroups: "Dữ liệu của lần này không có nhóm thí sinh (giới tính, đơn vị…) nên không so sánh được.",
  noComparison: "Không nhóm nào đủ 50 thí sinh để so sánh.",
  noDifference: "Câu này không có so sánh nào tính được.",
  grouping: "Cách chia",
  comparison: (reference: string, focal: string) => `${reference} – ${focal}`,
  etsClass: "Mức",
  classes: { A: "A – không đáng kể", B: "B – vừa", C: "C – lớn" },
  effect: "Độ lớn",
  effectOf: {
    mantel_haenszel: (effect: string, error: string) => `${effect} ± ${error} delta`,
    mantel: (effect: string, error: string) => `${effect} ± ${error} độ lệch chuẩn`,
  },
  pValue: "p hiệu chỉnh",
  logistic: "Hồi quy logistic",
  logisticOf: (change: string, odds: string) => `ΔR² ${change}; log tỉ số ${odds}`,
  crossing: "đổi chiều theo năng lực",
  harderFor: "Khó hơn với",
  noneHarder: "không nhóm nào",
  smallSample: "cỡ mẫu nhỏ",
  groupCurve: (grouping: string) => `${grouping}: phần điểm theo năng lực`,
  matchedOn: {
    score: "So trên tổng điểm các câu không lệch.",
    ability: "So trên năng lực ước lượng vì thí sinh làm các đề khác nhau.",
  },
  // Run page
  map: "Bản đồ Wright: thí sinh và câu hỏi trên một thang",
  mapLead:
    "Bên trái là số thí sinh ở mỗi mức năng lực, bên phải là các câu ở mức khó của chúng. Câu nên trải đều nơi có thí sinh, nhất là quanh điểm đạt.",
  mapPersons: "Thí sinh",
  mapItems: "Câu hỏi",
  mapFind: "Tìm câu trên bản đồ",
  mapChoose: "Chọn một câu",
  mapSaid: (code: string, places: string) => `${code}: b = ${places}`,
  mapShare: (share: string) => `${share} % thí sinh`,
  mapOutside: (below: string, above: string) => `${below} % thí sinh nằm dưới và ${above} % nằm trên bản đồ.`,
  mapWithout: (codes: string) => `Không có chỗ trên bản đồ: ${codes}`,
  mapGap: (from: string, to: string, share: string) =>
    `Không có câu nào ở khoảng năng lực từ ${from} đến ${to}, nơi có ${share}\u00a0% thí sinh.`,
  code: "Mã",
  thresholds: "Ngưỡng (logit)",
  precision: "Độ chính xác",
  testInformation: "Thông tin của toàn bộ câu",
  standardError: "Sai số chuẩn đo lường",
  distribution: "Phân phối năng lực của mẫu",
  density: "Mật độ",
  reliability: "Độ tin cậy",
  marginal: "Độ tin cậy biên của năng lực",
  alpha: "Cronbach α (KR-20)",
  alphaInterval: (value: string, low: string, high: string) => `${value} (95 %: ${low} – ${high})`,
  sumScoreError: "Sai số chuẩn của tổng điểm",
  points: (value: string) => `${value} điểm`,
  notComputed: "không tính được",
  reliabilitySaid: {
    high: "Đủ tin cậy để quyết định về từng thí sinh (từ 0,90).",
    fair: "Tin cậy ở mức chấp nhận được cho bài thi (0,80 – 0,90).",
    low: "Thấp hơn 0,80: kết quả của từng thí sinh còn nhiều sai số.",
  },
  groupingOf,
  groupOf,
  differenceTable: "Số câu theo mức",
  reference: "Nhóm chuẩn",
  focal: "Nhóm so",
  untested: "Không tính được",
  differing: "Các câu mức B và C",
  sizeTable: "Các nhóm thí sinh",
  roles: {
    reference: "nhóm chuẩn",
    focal: "được so",
    too_small: "quá ít, không so",
    left_out: "không so (nhiều nhóm hơn)",
  },
  drift: "So với tham số khác",
  driftLead:
    "Mỗi điểm là một câu có ở cả hai bên. Nằm trên đường chéo là không đổi; vạch là khoảng tin cậy 95 %. Câu lệch khỏi đường được nêu tên.",
  compareWith: "So với",
  inForce: "Tham số đang dùng",
  noComparable: "Không có câu chung để so.",
  driftOf: { a: "Độ phân biệt a", b: "Độ khó b" },
  otherAxis: (name: string) => `${name}: bên kia`,
  ownAxis: (name: string) => `${name}: lần này`,
  identity: "không đổi",
  steady: "trong giới hạn",
  flagged: "lệch",
  difference: "Chênh b",
  robustZ: "z bền vững",
  scoreEffect: "Đổi điểm kỳ vọng",
  status: "Trạng thái",
  driftFlagged: (count: string, all: string) => `${count} trong ${all} câu chung lệch khỏi giới hạn.`,
  scales: {
    same: "Cả hai bên nằm trên thang đo của ngân hàng.",
    linked: "Lần này đã được đưa về thang của bên kia qua các câu chung (Stocking–Lord).",
    unlinked: "Quá ít câu chung để nối thang: chênh lệch có thể chỉ là khác thang đo.",
  },
  notCompared: (count: string) => `${count} câu chung không so được vì số mức điểm khác nhau.`,
  held: "câu neo: so với ước lượng chỉ từ mẫu này",
  driftNone: (all: string) => `${all} câu chung đều trong giới hạn.`,
  provenance: "Nguồn gốc và thiết lập",
  source: "Nguồn",
  sources: { choices: "Tệp phương án đã chọn", scores: "Tệp điểm", sittings: "Bài thi của hội đồng" },
  file: "Tệp",
  fileHash: "SHA-256 của tệp",
  dataHash: "SHA-256 của dữ liệu",
  job: "Mã việc tính",
  software: "Phần mềm",
  settings: "Thiết lập của phép ước lượng",
  // Table
  dif: "DIF",
  accept: "Nhận",
  acceptItem: (code: string) => `Nhận tham số của ${code}`,
  acceptAll: "Nhận tất cả",
  acceptNone: "Bỏ tất cả",
  acceptGood: "Chỉ nhận câu không có cảnh báo",
  accepted: (n: string, all: string) => `${n} trong ${all} câu mới được chọn để nhận.`,
  acceptLead: "Bỏ chọn câu nào thì câu đó giữ nguyên tham số như trước khi duyệt.",
  acceptNoneChosen: "Chưa chọn câu nào để nhận.",
  excel: "Tải Excel",
  showData: (title: string) => `Số liệu: ${title}`,
};
