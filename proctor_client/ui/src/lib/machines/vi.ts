/** Vietnamese words of checks of computers. */
import type { Subject } from "./judging";

type Said = (found: { text: string; value: number | null }) => string;

/** A span as people say it. */
function span(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 120) return `${seconds} giây`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return `${minutes} phút`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} giờ` : `${Math.round(hours / 24)} ngày`;
}

const trips: Said = ({ value, text }) =>
  [value === null ? "Không có câu trả lời nào" : `Trả lời sau ${value} ms`, text && `mất ${text} lượt hỏi`]
    .filter(Boolean)
    .join(", ");

const subjects: Record<Subject, string> = {
  browser: "Trình duyệt",
  secure: "Kết nối an toàn",
  storage: "Lưu bài trên máy",
  offline: "Mở được khi mất mạng",
  clock: "Đồng hồ của máy",
  network: "Mạng đến máy chủ",
  stream: "Tin từ máy chủ",
  screen: "Màn hình",
  screens: "Số màn hình",
  seb: "Safe Exam Browser",
  typing: "Gõ tiếng Việt",
  sound: "Âm thanh",
};

const good: Record<Subject, Said> = {
  browser: ({ text }) => text || "Có đủ chức năng bài thi cần",
  secure: () => "Địa chỉ an toàn (https)",
  storage: ({ value }) => (value === null ? "Ghi và đọc lại được" : `Ghi và đọc lại được, còn ${value} MB`),
  offline: () => "Trang thi đã có sẵn trên máy",
  clock: ({ value }) => `Lệch ${span(Math.abs(value ?? 0))} so với máy chủ`,
  network: trips,
  stream: () => "Đến ngay từng tin",
  screen: ({ text }) => text,
  screens: () => "Một màn hình",
  seb: ({ text }) => `Đang chạy, phiên bản ${text}`,
  typing: () => "Bộ gõ ghép dấu đúng",
  sound: () => "Nghe được",
};

const poor: Record<Subject, Said> = {
  browser: ({ text }) => text,
  secure: () => "Trang không mở bằng https",
  storage: ({ value }) => (value === null ? "Không lưu được" : `Còn ${value} MB hoặc không lưu được`),
  offline: () => "Trang thi chưa có sẵn trên máy",
  clock: ({ value }) => `${(value ?? 0) > 0 ? "Nhanh" : "Chậm"} ${span(Math.abs(value ?? 0))} so với máy chủ`,
  network: trips,
  stream: () => "Bị giữ lại trên đường, đến muộn",
  screen: ({ text }) => text,
  screens: () => "Nhiều hơn một màn hình",
  seb: () => "Không dùng",
  typing: () => "Chữ gõ ra khác câu mẫu",
  sound: () => "Không nghe được",
};

const fixes: Record<Subject, string> = {
  browser: "Cập nhật trình duyệt lên bản mới: Chrome hoặc Edge từ 109, Firefox từ 115, Safari từ 16.4.",
  secure: "Mở đúng địa chỉ bắt đầu bằng https mà hội đồng thi đưa; không có https thì không thi được.",
  storage:
    "Tắt chế độ ẩn danh, dọn ổ đĩa. Không lưu được trên máy thì vẫn thi được, từng câu trả lời gửi ngay về máy chủ.",
  offline: "Giữ trang này mở thêm một phút khi có mạng rồi kiểm tra lại.",
  clock: "Đặt lại ngày giờ của máy. Giờ thi luôn tính theo máy chủ nên bài thi không bị ảnh hưởng.",
  network:
    "Kiểm tra dây mạng, bộ chia; đừng để máy khác tải nặng. Mất mạng giữa giờ thì bài vẫn lưu trên máy.",
  stream:
    "Nhờ quản trị mạng cho luồng tin (text/event-stream) đi thẳng. Không có thì trang tự hỏi định kỳ, chậm hơn vài giây.",
  screen: "Phóng to cửa sổ, đặt mức thu phóng 100 %. Màn hình nhỏ vẫn làm bài được nhưng phải cuộn nhiều.",
  screens: "Chỉ để một màn hình, rút màn hình thứ hai và máy chiếu.",
  seb: "Mở tệp .seb của ca thi.",
  typing: "Bật bộ gõ (Unikey, EVKey, bộ gõ của hệ điều hành), bảng mã Unicode, rồi gõ lại.",
  sound: "Cắm tai nghe, bật tiếng. Chỉ cần khi đề có câu nghe.",
};

export const vi = {
  subjects,
  good,
  poor,
  fixes,
  waiting: {
    good: "Máy này đã được kiểm tra, không có vấn đề.",
    poor: "Máy này có điều cần lưu ý",
    proctor: "Cán bộ coi thi cũng thấy những điều này. Cần giúp thì giơ tay.",
  },
  untried: "Chưa thử",
  notUsed: "Không dùng",
  verdicts: { good: "Tốt", warning: "Nên sửa", bad: "Không thi được", untried: "Chưa thử" },
};
