/** Vietnamese words of waiting for files. */
export const vi = {
  title: "Chờ gửi xong tệp bài làm",
  text: (n: number) =>
    `Còn ${n} tệp đang trên đường về máy chủ. Bài được nộp ngay khi gửi xong; giữ nguyên trang này.`,
  stuck: "Mất kết nối. Tệp tự gửi tiếp khi có mạng; hãy báo cán bộ coi thi.",
  gone: (name: string) =>
    `Trang không còn giữ tệp ${name}. Quay lại chọn lại tệp, hoặc nộp bài không có tệp này.`,
  refused: (name: string) => `Máy chủ không nhận tệp ${name}. Quay lại bỏ hoặc thay tệp này.`,
  over: (seconds: number) =>
    `Tệp đã chọn trước khi hết giờ còn được nhận trong ${seconds} giây sau giờ kết thúc.`,
  share: (percent: number) => `Đã gửi ${percent}%`,
  without: "Nộp ngay, bỏ tệp chưa gửi xong",
  wait: "Chờ gửi xong",
  withoutTitle: "Nộp không có tệp này?",
  withoutText: "Tệp chưa gửi xong sẽ không được chấm, và bạn không bổ sung được sau khi nộp.",
};
