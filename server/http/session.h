// Session: one HTTP connection from its first byte to its last. For http_server.cc alone.
//
// Owned by its own pending operations; thread rule: confined to its stream's strand. It reads in pieces: what has
// arrived is counted in its sender's name before more is read, and how fast it arrives decides whether it stays.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "server/http/arriving_body.h"
#include "server/http/framing.h"
#include "server/http/http_server.h"
#include "server/http/message.h"

namespace cadastre::server {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using tcp = asio::ip::tcp;
using boost::system::error_code;

// What the sessions of a server share. Outlives them.
struct HttpShared {
  HttpOptions options;
  Budget* budget;
  Connections* connections;
  HttpHandler* handler;
  std::optional<asio::ssl::context> tls;
  std::atomic<size_t> answering{0};
  std::atomic<bool> stopping{false};
};

// The parts of a session that do not depend on its stream.
HttpRequest HeadOf(const http::request_parser<ArrivingBody>& parser, const std::string& peer);
// Tells the log, some lines a second at most, whose TLS handshake failed and why.
void TellHandshake(const std::string& peer, const error_code& error);
// An answer to what never reaches the handler; tells the log.
HttpResponse RefusalOf(int status, std::string_view text, const std::string& request_id);

// `Stream` is beast::tcp_stream or beast::ssl_stream over it.
template <typename Stream>
class Session : public std::enable_shared_from_this<Session<Stream>> {
 public:
  Session(Stream stream, std::string peer, HttpShared* shared)
      : stream_(std::move(stream)), peer_(std::move(peer)), shared_(shared) {}
  ~Session() { EndAnswer(); }

  // False where there is no seat; the session then goes.
  bool Run() {
    const base::Sender address = base::Sender::OfAddress(peer_);
    seat_ = shared_->connections->TryEnter(address, [weak = this->weak_from_this()] {
      if (const auto self = weak.lock()) asio::post(self->stream_.get_executor(), [self] { self->Cut(); });
    });
    if (seat_ == nullptr) return false;
    head_memory_ = shared_->budget->Begin(Budget::Resource::kBytes, address);
    asio::dispatch(stream_.get_executor(), [self = this->shared_from_this()] { self->Begin(); });
    return true;
  }

 private:
  using Clock = std::chrono::steady_clock;
  static constexpr bool kTls = !std::is_same_v<Stream, beast::tcp_stream>;
  static constexpr size_t kHeaderBytesMax = 64 * 1024;
  static constexpr size_t kHeadPiece = 4 * 1024;
  static constexpr size_t kBodyPiece = 64 * 1024;
  static constexpr size_t kDrainBytesMax = 64 << 20;

  void Begin();
  void ReadHeader();
  void ReadHead();
  void OnHead(error_code error, size_t bytes);
  void ParseHead();
  void OnHeader();
  void OnAdmitted();
  void SendContinue();
  void ReadBody();
  void OnBody(error_code error, size_t bytes);
  void ParseBody();
  // Goes on once what has arrived, times `factor`, fits into the sender's share.
  void MakeRoom(size_t factor, void (Session::*next)());
  void EndBody();
  void HandOn();
  HttpReply Replier();
  void Refuse(int status, const std::string& text);
  void Write(std::shared_ptr<HttpResponse> response);
  void WriteSome();
  void OnWritten(error_code error, size_t bytes);
  void Drain();

  auto& Socket() { return beast::get_lowest_layer(stream_); }
  void Expire(int seconds) { Socket().expires_after(std::chrono::seconds(seconds)); }
  // Until then `bytes` of what began at `began_` must have moved, and a little more.
  void ExpireByRate(size_t bytes) {
    const auto earned = std::chrono::milliseconds(bytes * 1000 / shared_->options.bytes_a_second_min);
    Socket().expires_at(began_ + std::chrono::seconds(shared_->options.grace_seconds) + earned);
  }
  void EndAnswer() {
    if (std::exchange(answering_, false)) shared_->answering.fetch_sub(1);
  }
  void Cut() {
    error_code ignored;
    Socket().socket().close(ignored);
  }
  // After a refusal the client may still be sending: what it sends is read away for a moment, or its own stack would
  // reset the connection before it reads the answer.
  void Close() {
    error_code ignored;
    Socket().socket().shutdown(tcp::socket::shutdown_send, ignored);
    if (!std::exchange(linger_, false)) return;
    seat_->Rest();
    Expire(5);
    Drain();
  }

  Stream stream_;
  std::string peer_;
  HttpShared* shared_;
  std::unique_ptr<Connections::Seat> seat_;
  Budget::Share head_memory_;
  beast::flat_buffer buffer_;
  ChunkExtensions extensions_;
  std::function<void(uint64_t, beast::string_view, error_code&)> on_chunk_;
  // Calls on_chunk_.
  std::optional<http::request_parser<ArrivingBody>> parser_;
  HttpRequest head_;
  std::optional<HttpAdmission> admission_;
  Clock::time_point began_;                       // of the header, body or answer that moves now
  std::optional<Clock::time_point> waits_since_;  // for room
  size_t moved_ = 0;                              // of its bytes
  std::optional<asio::steady_timer> timer_;
  std::shared_ptr<HttpResponse> response_;
  std::optional<http::response<http::span_body<const char>>> message_;
  std::optional<http::response_serializer<http::span_body<const char>>> serializer_;
  size_t drained_bytes_ = 0;
  bool fresh_ = true;
  bool keep_alive_ = true;
  bool answering_ = false;
  bool linger_ = false;
};

}  // namespace cadastre::server
