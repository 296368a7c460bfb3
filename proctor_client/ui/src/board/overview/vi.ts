/** Vietnamese words of the overview. */
export const vi = {
  title: "Tổng quan",
  hello: (name: string) => `Xin chào ${name}.`,
  steps: "Các bước của một kỳ thi",
  done: "Xong",
  todo: "Việc cần làm",
  waiting: "Chưa tới bước này",
  items: "Câu hỏi đã duyệt",
  itemsText: (approved: string, draft: string) => `${approved} câu đã duyệt, ${draft} câu chờ duyệt.`,
  itemsAct: "Mở ngân hàng câu hỏi",
  approveAct: "Xem câu chờ duyệt",
  calibration: "Hiệu chuẩn tham số câu hỏi",
  calibrationText: (approved: string, pending: string) =>
    `${approved} lần đã duyệt, ${pending} lần chờ duyệt.`,
  calibrationAct: "Mở hiệu chuẩn IRT",
  forms: "Đề thi đã công bố",
  formsText: (forms: string, pending: string) =>
    `${forms} đề đã công bố, ${pending} lần tổ hợp đề chờ công bố.`,
  formsAct: "Mở ma trận & tổ hợp đề",
  sittings: "Ca thi",
  sittingsText: (draft: string, ready: string, running: string) =>
    `${draft} ca đang chuẩn bị, ${ready} ca sẵn sàng, ${running} ca đang thi.`,
  sittingsAct: "Mở ca thi",
  results: "Kết quả chờ xử lý",
  resultsText: (ready: string, proposed: string, approved: string) =>
    `${ready} ca chờ đề nghị, ${proposed} ca chờ duyệt, ${approved} ca đã duyệt.`,
  resultsAct: "Mở kết quả",
  certificates: "Chứng chỉ",
  certificatesText: (issued: string, waiting: string) =>
    `${issued} chứng chỉ trong sổ gốc, ${waiting} thí sinh đạt chưa được cấp.`,
  certificatesAct: "Mở chứng chỉ",
  nothing: "Tài khoản này không tham gia các bước trên",
  nothingText: "Chọn một phần việc ở trình đơn.",
};
