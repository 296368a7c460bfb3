/** Vietnamese words of the analysis after the exam. */
export const vi = {
  title: "Phân tích sau thi",
  lead: "Những chỗ khác thường trong bài làm, thời gian và thao tác, để hội đồng biết nên xem lại ở đâu.",
  notEvidence: "Không phải là bằng chứng",
  notEvidenceText:
    "Mọi số liệu ở đây đều có thể do tình cờ. Không được kết luận, trừ điểm, huỷ bài hay kỷ luật ai chỉ dựa vào trang này; máy không tự làm gì với điểm và kết quả. Trước khi nghĩ đến gian lận, hãy tìm cách giải thích bình thường: cùng thầy, cùng tài liệu, máy trục trặc, đọc chậm.",
  onRecord: "Mỗi lần xem trang này đều được ghi vào nhật ký kiểm tra.",
  start: "Chạy phân tích",
  startAgain: "Chạy lại",
  running: "Đang phân tích ca thi",
  export: "Xuất Excel",
  none: "Chưa phân tích ca thi này",
  noneText: "Phân tích đọc bài làm và nhật ký thao tác của ca đã kết thúc; có thể mất vài phút với ca đông.",
  notOver: "Chỉ phân tích được khi ca thi đã kết thúc.",
  made: "Lập lúc",
  by: "Người chạy",
  candidates: "Số thí sinh",
  items: "Số câu hỏi",
  parameters: "Tham số câu hỏi",
  sources: {
    bank: (n: string, models: string) => `của ngân hàng câu hỏi: ${n} câu (${models})`,
    sitting: (n: string, models: string) =>
      `ước lượng từ chính ca thi này: ${n} câu (${models}); nếu nhiều người cùng gian lận thì tham số cũng lệch theo`,
    none: "chưa có; ngân hàng chưa hiệu chuẩn và ca thi ít hơn 100 thí sinh",
  },
  kindsLabel: "Các mặt đã xem",
  kinds: {
    neighbours: "Giống nhau: chỗ gần nhau",
    elsewhere: "Giống nhau: chỗ xa nhau",
    person_fit: "Kiểu trả lời",
    response_times: "Thời gian làm bài",
    answer_changes: "Đổi đáp án",
    departures: "Rời trang thi",
  },
  about: "Mặt này nói gì?",
  explanations: {
    neighbours:
      "So từng cặp ngồi gần nhau (quanh tám phía, hoặc cách không quá hai chỗ): hai bài giống nhau ở nhiều câu hơn hẳn mức mà năng lực của hai người giải thích được. Câu cùng chọn một phương án sai đáng chú ý hơn câu cùng đúng. Cùng học một thầy, một tài liệu sai cũng làm hai bài giống nhau.",
    elsewhere:
      "So mọi cặp còn lại của ca thi theo cùng cách. Giống nhau mà ngồi xa nhau có thể do lộ đề, nhắn tin, hoặc chỉ do học cùng nơi.",
    person_fit:
      "Kiểu đúng – sai không hợp với năng lực ước lượng: sai nhiều câu dễ mà đúng nhiều câu khó. Lý do bình thường: bỏ dở, mệt, bấm nhầm, chỉ giỏi một phần.",
    response_times:
      "Nhịp làm bài khác với tốc độ chung của chính người đó, hoặc nhiều câu đúng trong thời gian ngắn khác thường. Lý do bình thường: quen dạng câu, máy hay mạng trục trặc, xem trước rồi quay lại.",
    answer_changes:
      "Trong các lần đổi một đáp án đang sai sang đáp án khác, số lần thành đúng nhiều hơn hẳn mức của cả ca. Đổi nhiều không phải là điều đáng nghi; chỉ xét tỉ lệ thành đúng.",
    departures:
      "Trang thi mất tiêu điểm nhiều lần hơn hẳn những người khác. Lý do bình thường: thông báo của máy, bộ gõ, phím tắt bấm nhầm, phần mềm diệt vi-rút.",
  },
  lookAt: "Nên xem gì",
  looks: {
    neighbours:
      "Sơ đồ phòng, biên bản coi thi, camera nếu có; hai người có cùng lớp, cùng thầy không; thời điểm trả lời các câu cùng sai.",
    elsewhere:
      "Hai người có quan hệ gì, có cùng nơi học không; các câu cùng sai có nằm trong tài liệu nào đang lan truyền không.",
    person_fit:
      "Bài làm theo thứ tự câu; có bỏ dở, có gián đoạn máy không; nếu cần, mời làm lại một đề tương đương.",
    response_times:
      "Dòng thời gian của chỗ ngồi; lúc máy chủ không nghe thấy máy; các câu được nêu có bị lộ không.",
    answer_changes:
      "Dòng thời gian của các lần đổi: rải rác hay dồn vào cuối giờ, có ai đến gần máy lúc đó không.",
    departures: "Giám thị có ghi sự cố máy không; máy đó ở các ca khác có như vậy không.",
  },
  rate: "Tỉ lệ báo nhầm đã đo",
  rateText: (runs: string, listed: string, share: string) =>
    `Chạy đúng cách này trên ${runs} ca mô phỏng gồm toàn thí sinh trung thực có năng lực như ca này: trung bình mỗi ca nêu nhầm ${listed} mục, và ${share} % số ca có ít nhất một mục nêu nhầm. Người thật không hoàn toàn theo mô hình, nên ngoài đời báo nhầm nhiều hơn.`,
  tested: (n: string) => `Đã xem ${n} trường hợp`,
  listed: (n: string) => `nêu ${n}`,
  nothing: "Không có gì khác thường",
  nothingText:
    "Không trường hợp nào vượt mức của thí sinh trung thực. Điều này cũng không chứng minh rằng mọi người đều trung thực.",
  notEnough: "Không đủ dữ liệu",
  reasons: {
    few_candidates: (n: string) => `Cần ít nhất ${n} thí sinh đã nộp bài.`,
    no_parameters: (n: string) =>
      `Câu hỏi chưa có tham số: ngân hàng chưa hiệu chuẩn đủ câu, và ca thi có ít hơn ${n} thí sinh để tự ước lượng.`,
    few_items: (n: string) => `Cần ít nhất ${n} câu có tham số.`,
    no_pairs: (n: string) => `Không có cặp nào cùng trả lời ít nhất ${n} câu chọn một phương án.`,
    few_times: (n: string) => `Cần ít nhất ${n} thí sinh có thời gian của từng câu trong nhật ký.`,
    few_changes: (n: string, found: string) => `Cả ca chỉ có ${found} lần đổi đáp án sai; cần ít nhất ${n}.`,
    no_departures: () => "Không ai rời trang thi lần nào.",
  } as Record<string, (needed: string, found: string) => string>,
  people: "Thí sinh",
  seat: (room: string, seat: string) => `phòng ${room}, chỗ ${seat}`,
  strength: "Mức hiếm",
  oneIn: (n: string) => `1 trên ${n}`,
  strengthText: (q: string) => `p hiệu chỉnh ${q}`,
  figuresLabel: "Số liệu",
  figures: {
    n_common: "Cùng trả lời",
    n_same: "Giống nhau",
    expected: "Kỳ vọng",
    n_same_wrong: "Cùng sai như nhau",
    omega: "ω",
    omega_p: "p của ω",
    gbt_p: "p nhị thức",
    lz_star: "lz*",
    theta: "Năng lực",
    n_items: "Số câu",
    n_right: "Đúng",
    hard_right: "Câu khó làm đúng",
    easy_wrong: "Câu dễ làm sai",
    minutes: "Số phút",
    n_fast_right: "Đúng nhanh khác thường",
    expected_fast_right: "Kỳ vọng đúng nhanh",
    fast_right_p: "p đúng nhanh",
    pattern_p: "p nhịp làm bài",
    n_rapid: "Trả lời khi chưa kịp đọc",
    n_changed: "Đổi đáp án sai",
    n_gained: "Thành đúng",
    n_lost: "Đổi đúng thành sai",
    overall: "Tỉ lệ thành đúng cả ca",
    departures: "Số lần rời trang",
    away_seconds: "Số giây rời trang",
    mean: "Trung bình cả ca",
  } as Record<string, string>,
  itemByItem: "Từng câu",
  signs: {
    same_right: "cùng đúng",
    same_wrong: "cùng sai, cùng phương án",
    different_wrong: "cùng sai, khác phương án",
    one_right: "một người đúng",
    hard_right: "khó mà đúng",
    easy_wrong: "dễ mà sai",
    fast_right: "đúng rất nhanh",
    gained: "sai thành đúng",
  },
  legend: "Chú giải",
  contentHidden: "Không hiện nội dung câu hỏi, phương án đã chọn và đáp án.",
  printed: "Bản in là tài liệu mật của hội đồng.",
};
