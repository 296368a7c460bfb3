/** Vietnamese words of the kit, shared by all pages. */
export const vi = {
  close: "Đóng",
  cancel: "Huỷ",
  retry: "Thử lại",
  loading: "Đang tải…",
  languageName: "Tiếng Việt",
  otherLanguage: "English",
  skipToContent: "Đến nội dung chính",
  sortBy: (column: string) => `Sắp xếp theo ${column}`,
  dataOf: (title: string) => `Số liệu: ${title}`,
  signOut: "Đăng xuất",
  networkError: "Không kết nối được với máy chủ",
  networkErrorDetail: "Kiểm tra dây mạng hoặc Wi-Fi rồi thử lại.",
  unknownError: "Có lỗi ngoài dự kiến",
};
