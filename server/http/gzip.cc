#include "server/http/gzip.h"

#include <zlib.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "base/status.h"
#include "server/http/text_room.h"

namespace cadastre::server {

StatusOr<std::string> Gunzip(std::string_view bytes, size_t bytes_max, const std::function<Status(size_t)>& room,
                             Packing packing) {
  constexpr int kZlibWindow = 15;
  constexpr int kGzipWindow = 15 + 16;
  z_stream stream{};
  if (inflateInit2(&stream, packing == Packing::kGzip ? kGzipWindow : kZlibWindow) != Z_OK)
    return base::Internal("inflateInit2");
  const std::unique_ptr<z_stream, int (*)(z_stream*)> closer(&stream, inflateEnd);
  // zlib's interface predates const; it does not write to its input.
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  std::string out;
  std::vector<char> piece(256 * 1024);
  for (int result = Z_OK; result != Z_STREAM_END;) {
    stream.next_out = reinterpret_cast<Bytef*>(piece.data());
    stream.avail_out = static_cast<uInt>(piece.size());
    result = inflate(&stream, Z_NO_FLUSH);
    if (result != Z_OK && result != Z_STREAM_END) return base::InvalidField("body", "gzip");
    const size_t got = piece.size() - stream.avail_out;
    if (out.size() + got > bytes_max) return base::OutOfRange("body: at most ", bytes_max, " bytes unpacked");
    if (out.size() + got > out.capacity()) {
      const size_t doubled = std::min(bytes_max, std::max(out.size() + got, 2 * out.capacity()));
      if (room) RETURN_IF_ERROR(room(out.capacity() + doubled));
      GiveRoom(out, doubled);
      if (room) RETURN_IF_ERROR(room(out.capacity()));
    }
    out.append(piece.data(), got);
    if (got == 0 && stream.avail_in == 0 && result != Z_STREAM_END) return base::InvalidField("body", "whole gzip");
  }
  if (stream.avail_in > 0) return base::InvalidField("body", "gzip and nothing behind it");
  return out;
}

}  // namespace cadastre::server
