/** Vietnamese words of the start of a calibration. */
export const vi = {
  source: "Nguồn bài làm",
  sources: {
    file: "Tệp CSV hoặc Excel",
    sittings: "Kết quả các ca thi của hệ thống",
  },
  fileLead: "Các dạng tệp đọc được",
  fileForms: {
    "candidate, item, answer": "mỗi dòng một câu của một thí sinh, ghi chữ cái phương án đã chọn",
    "candidate, item, score": "mỗi dòng một câu, ghi mức điểm: 0, 1, 2…",
    "candidate, mã câu 1, mã câu 2, …": "mỗi dòng một thí sinh, mỗi câu một cột: mức điểm hoặc chữ cái",
  } as Record<string, string>,
  fileMarks:
    "Trống trong tệp dài là bỏ qua (tính sai), trong tệp mỗi câu một cột là không được giao câu đó. “.” là bỏ qua, “NR” là chưa làm tới. Cột giới tính, đơn vị, lớp, vùng, nhóm… được dùng để so sánh các nhóm thí sinh.",
  file: "Tệp trả lời",
  fileHint: "Tệp .csv mã UTF-8 hoặc .xlsx, tối đa 10 MB. Tiêu đề tiếng Việt hoặc tiếng Anh.",
  checking: "Đang đọc bài làm…",
  found: "Dữ liệu đọc được",
  candidates: "Thí sinh",
  items: "Câu hỏi",
  polytomous: (n: string) => `trong đó ${n} câu nhiều mức điểm`,
  responses: "Lượt trả lời",
  absent: (omitted: string, notReached: string) => `${omitted} bỏ qua, ${notReached} chưa làm tới`,
  groups: "Nhóm thí sinh",
  noGroups: "không có",
  groupings: {
    gender: "giới tính",
    unit: "đơn vị",
    class: "lớp",
    region: "vùng",
    group: "nhóm",
    sitting: "ca thi",
  } as Record<string, string>,
  grouping: (name: string, n: string) => `${name} (${n})`,
  onlyScores: "Chỉ có điểm, không có phương án đã chọn: không vẽ được đường cong phương án.",
  simulated: "Tệp ghi rõ đây là dữ liệu mô phỏng.",
  sittings: "Ca thi đã kết thúc",
  sittingsHint:
    "Chỉ lấy ca đã kết thúc và chấm xong. Tên thí sinh không được lưu vào dữ liệu hiệu chuẩn; giới tính và đơn vị chỉ dùng để so sánh nhóm.",
  released: "đã công bố kết quả",
  noSittings: "Chưa có ca thi nào kết thúc.",
  polytomousModel: "Câu nhiều mức điểm",
  polytomousModels: {
    GPCM: "GPCM – từng bước điểm, độ phân biệt riêng",
    PCM: "PCM – từng bước điểm, chung một độ phân biệt",
    GRM: "GRM – ngưỡng tích luỹ, độ phân biệt riêng",
    full_credit: "Chỉ tính đúng khi đạt trọn điểm",
  },
  polytomousHint:
    "Ví dụ câu đúng – sai bốn ý. Tham số của câu nhiều mức điểm được lưu và xem được; tổ hợp đề tự động chỉ dùng câu chấm đúng hoặc sai.",
  notReached: "Câu chưa làm tới",
  notReachedRules: {
    ignored: "Bỏ qua, không tính (nên dùng)",
    wrong: "Tính là sai",
  },
  notReachedHint: "Câu chưa làm tới: từ đó đến hết bài không câu nào có trả lời.",
  dropsDrifted: "Bỏ câu neo bị trôi rồi ước lượng lại câu đó",
  dropsDriftedHint:
    "Từng câu một, câu trôi xa nhất trước; tối đa một phần ba số câu neo, còn ít nhất 5 câu và mỗi mô đun ít nhất một câu.",
};
