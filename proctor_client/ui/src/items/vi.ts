/** Vietnamese words of the items, on the candidate's page and in previews. */
export const vi = {
  stimulus: "Ngữ liệu",
  hideStimulus: "Ẩn ngữ liệu",
  showStimulus: "Hiện ngữ liệu",
  wideTable: "Bảng rộng, cuộn ngang để xem hết",

  chooseOne: "Chọn một.",
  chooseExactly: (n: number) => `Chọn đúng ${n}.`,
  chooseUpTo: (n: number) => `Chọn nhiều nhất ${n}.`,
  chooseAtLeast: (n: number) => `Chọn ít nhất ${n}.`,
  chooseBetween: (least: number, most: number) => `Chọn từ ${least} đến ${most}.`,
  chooseAny: "Có thể chọn nhiều.",
  chosen: (n: number) => `Đã chọn ${n}.`,
  chosenAll: (n: number) => `Đã chọn đủ ${n}. Muốn đổi, hãy bỏ bớt một lựa chọn.`,

  statement: "Phát biểu",
  isTrue: "Đúng",
  isFalse: "Sai",

  pairs: "Bảng ghép đôi",
  choosePair: "Chọn…",
  used: (n: number, most: number) => `đã dùng ${n}/${most}`,
  pairMoved: (target: string, source: string) => `“${target}” đã chuyển khỏi “${source}”.`,

  orderOpen: "Chưa trả lời. Đổi chỗ các mục, hoặc bấm nút nếu thứ tự này đã đúng.",
  orderConfirm: "Giữ thứ tự này làm câu trả lời",
  orderDone: "Thứ tự đang hiện là câu trả lời của bạn.",
  moveUp: "Chuyển lên",
  moveDown: "Chuyển xuống",
  place: "Vị trí",
  movedTo: (what: string, n: number, total: number) => `“${what}” nay ở vị trí ${n} trên ${total}.`,

  gap: (n: number, around: string) => `Chỗ trống ${n}: ${around}`,
  chooseWord: "Chọn…",
  bank: "Các từ để điền",
  bankHint: "Bấm một từ để điền vào chỗ trống đang chọn, hoặc chọn ngay tại chỗ trống.",
  placed: (text: string, n: number) => `Đã điền “${text}” vào chỗ trống ${n}.`,
  inGap: (text: string, n: number) => `${text} (ở chỗ trống ${n})`,
  isUsed: "đã dùng",
  optionsOfGap: (n: number) => `Chỗ trống ${n}`,

  number: "Câu trả lời bằng số",
  unit: "Đơn vị",
  chooseUnit: "Chọn đơn vị…",
  understood: (value: string) => `Được hiểu là ${value}`,
  understoodTwice: (one: string, other: string) => `Được hiểu là ${one} hoặc ${other}`,
  noNumber: "Chưa phải là một số. Viết như 12,5 hoặc −3.",
  numberHint: "Dùng dấu phẩy cho phần thập phân, ví dụ 12,5.",

  areas: "Chọn theo danh sách",
  pointHint:
    "Bấm vào hình để đánh dấu. Bàn phím: phím mũi tên để di chuyển (giữ Shift để đi nhanh), Enter để đánh dấu, Delete để xoá.",
  pointArea: "Hình để đánh dấu",
  cursorAt: (x: number, y: number) => `Ngang ${x}, dọc ${y}`,
  pointSet: (n: number, most: number) => `Đã đánh dấu ${n}/${most} điểm.`,
  pointRemoved: "Đã xoá một điểm.",
  pointsFull: (most: number) => `Đã đủ ${most} điểm. Xoá bớt một điểm để đánh dấu chỗ khác.`,
  point: (n: number, x: number, y: number) => `Điểm ${n}: ngang ${x}, dọc ${y}`,
  removePoint: (n: number) => `Xoá điểm ${n}`,

  value: "Giá trị",
  sliderOpen: "Chưa chọn giá trị. Kéo con trượt hoặc nhập số.",
  sliderSnapped: (value: string) => `Giá trị gần nhất trên thang là ${value}.`,

  text: "Bài viết",
  counts: (characters: string, most: string, count: string) => `${characters}/${most} ký tự · ${count} từ`,
  textNearlyFull: (n: string) => `Còn ${n} ký tự.`,
};
