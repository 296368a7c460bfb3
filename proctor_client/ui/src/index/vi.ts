/** Vietnamese words of the entry page. */
export const vi = {
  title: "Thi và cấp chứng chỉ ứng dụng công nghệ thông tin",
  question: "Bạn là ai?",
  candidate: "Thí sinh vào thi",
  candidateText: "Chuẩn bị mã vào thi của phòng, số báo danh và giấy tờ tuỳ thân.",
  proctor: "Cán bộ coi thi",
  proctorText: "Theo dõi phòng thi, mở khoá máy, gửi thông báo.",
  board: "Hội đồng thi",
  boardText: "Ngân hàng câu hỏi, đề thi, ca thi, kết quả, chứng chỉ.",
  verify: "Xác minh chứng chỉ",
  verifyText: "Dành cho mọi người: nhập mã hoặc quét mã QR trên chứng chỉ.",
  practice: "Bài thi mẫu",
  practiceText: "Làm thử trang thi với mọi dạng câu hỏi, không cần đăng nhập, không tính điểm.",
  check: "Kiểm tra máy",
  checkText: "Cho kỹ thuật viên và thí sinh: xem máy này thi được không, trước ngày thi.",
};
