// A body in memory that grows with what has arrived, never with what was announced. For session.h alone.
//
// Beast's own string_body reserves the declared length with the first byte of the body. Thread rule: confined.
#pragma once

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/optional.hpp>
#include <cstdint>
#include <string>

#include "server/http/text_room.h"

namespace cadastre::server {

struct ArrivingBody {
  using value_type = std::string;

  class reader {
   public:
    template <bool isRequest, class Fields>
    reader(boost::beast::http::header<isRequest, Fields>&, value_type& body) : body_(body) {}

    void init(const boost::optional<std::uint64_t>& length, boost::system::error_code& error) {
      error = {};
      length_ = length ? static_cast<size_t>(*length) : 0;
    }

    template <class Buffers>
    size_t put(const Buffers& buffers, boost::system::error_code& error) {
      error = {};
      const size_t bytes = boost::asio::buffer_size(buffers);
      const size_t wanted = body_.size() + bytes;
      if (wanted > body_.capacity()) {
        const size_t doubled = std::max(wanted, 2 * body_.capacity());
        // The end is known and near: no room behind it.
        GiveRoom(body_, length_ >= wanted ? std::min(doubled, length_) : doubled);
      }
      for (auto piece = boost::asio::buffer_sequence_begin(buffers); piece != boost::asio::buffer_sequence_end(buffers);
           ++piece) {
        const boost::asio::const_buffer bytes_of = *piece;
        body_.append(static_cast<const char*>(bytes_of.data()), bytes_of.size());
      }
      return bytes;
    }

    void finish(boost::system::error_code& error) { error = {}; }

   private:
    value_type& body_;
    size_t length_ = 0;
  };
};

}  // namespace cadastre::server
