/** Vietnamese words of pictures taken during the exam. */
export const vi = {
  title: "Ca thi này chụp ảnh giám sát",
  what: (camera: boolean, screen: boolean, minutes: string) =>
    `Trong giờ thi, máy chụp ${camera && screen ? "ảnh camera và ảnh màn hình" : camera ? "ảnh camera" : "ảnh màn hình"}, khoảng ${minutes} một lần. Không ghi âm, không quay phim.`,
  minutes: (seconds: number) =>
    seconds % 60 === 0
      ? `${seconds / 60} phút`
      : seconds < 60
        ? `${seconds} giây`
        : `${Math.floor(seconds / 60)} phút ${seconds % 60} giây`,
  basis: "Căn cứ và mục đích",
  kept: (days: number) =>
    `Ảnh được mã hoá, chỉ hội đồng thi xem được khi có lý do, mỗi lần xem đều ghi lại; tự xoá sau ${days} ngày.`,
  free: "Không đồng ý thì vẫn thi bình thường; cán bộ coi thi được báo để giám sát cách khác. Đổi ý lúc nào cũng được.",
  agree: "Tôi đồng ý",
  decline: "Tôi không đồng ý",
  declined: "Bạn không đồng ý chụp ảnh giám sát. Bạn vẫn thi bình thường.",
  reconsider: "Đổi ý",
  withdraw: "Ngừng đồng ý",
  taking: "Đang chụp ảnh giám sát",
  ready: "Sẽ chụp ảnh giám sát khi bắt đầu làm bài",
  sources: { camera: "Camera", screen: "Màn hình" },
  states: {
    off: "chưa bật",
    on: "đang bật",
    refused: "trình duyệt chưa cho phép",
    failed: "không dùng được",
    ended: "đã tắt",
  },
  turnOn: { camera: "Bật camera", screen: "Chia sẻ màn hình" },
  preview: "Hình từ camera của bạn",
};
