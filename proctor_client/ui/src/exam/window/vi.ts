/** Vietnamese words about the window of the exam. */
export const vi = {
  fullscreen: "Bài thi nên mở toàn màn hình.",
  open: "Mở toàn màn hình",
  later: "Để sau",
  refused: "Trình duyệt chưa cho mở toàn màn hình. Bạn cứ làm bài bình thường.",
  blocked: {
    copy: "Bài thi này không cho sao chép câu hỏi.",
    paste: "Bài thi này không cho dán nội dung từ ngoài vào. Bạn gõ trực tiếp nhé.",
    print: "Bài thi này không cho in.",
    context_menu: "Bài thi này không dùng menu chuột phải.",
  },
};
