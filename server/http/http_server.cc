#include "server/http/http_server.h"

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <chrono>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "base/log.h"
#include "base/status.h"
#include "server/rpc/request_id.h"
#include "server/rpc/request_log.h"

namespace cadastre::server {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using tcp = asio::ip::tcp;
using boost::system::error_code;

constexpr size_t kHeaderBytesMax = 64 * 1024;
constexpr int kBodySeconds = 120;

struct Shared {
  HttpOptions options;
  ByteBudget* budget;
  HttpHandler handler;
  std::optional<asio::ssl::context> tls;
  std::atomic<size_t> connections{0};
  std::atomic<size_t> answering{0};
  std::atomic<bool> stopping{false};
};

std::string LowerCase(beast::string_view text) {
  std::string out(text.data(), text.size());
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

// `Stream` is beast::tcp_stream or beast::ssl_stream over it.
template <typename Stream>
class Session : public std::enable_shared_from_this<Session<Stream>> {
 public:
  Session(Stream stream, std::string peer, Shared* shared)
      : stream_(std::move(stream)), peer_(std::move(peer)), shared_(shared) {}
  ~Session() {
    GiveBack();
    EndAnswer();
    shared_->connections.fetch_sub(1);
  }

  void Run() {
    asio::dispatch(stream_.get_executor(), [self = this->shared_from_this()] { self->Begin(); });
  }

 private:
  static constexpr bool kTls = !std::is_same_v<Stream, beast::tcp_stream>;

  void Begin() {
    if constexpr (kTls) {
      Expire(shared_->options.idle_seconds);
      stream_.async_handshake(asio::ssl::stream_base::server, [self = this->shared_from_this()](error_code error) {
        if (!error) self->ReadHeader();
      });
    } else {
      ReadHeader();
    }
  }

  void Expire(int seconds) { beast::get_lowest_layer(stream_).expires_after(std::chrono::seconds(seconds)); }

  void ReadHeader() {
    parser_.emplace();
    parser_->header_limit(kHeaderBytesMax);
    parser_->body_limit(shared_->options.body_bytes_max);
    Expire(shared_->options.idle_seconds);
    http::async_read_header(stream_, buffer_, *parser_,
                            [self = this->shared_from_this()](error_code error, size_t) { self->OnHeader(error); });
  }

  void OnHeader(error_code error) {
    if (error == http::error::end_of_stream) return Close();
    if (error == http::error::body_limit) return Refuse(413, TooLarge());
    if (error == http::error::header_limit) return Refuse(431, "headers: at most 64 KiB");
    if (error)
      return error.category() == http::make_error_code(http::error::bad_version).category()
                 ? Refuse(400, "not an HTTP/1.1 request")
                 : Close();
    const auto length = parser_->content_length();
    if (length && *length > shared_->options.body_bytes_max) return Refuse(413, TooLarge());
    // A chunked body does not say its size: it takes what it may grow to.
    const size_t bytes = length ? *length : (parser_->chunked() ? shared_->options.body_bytes_max : 0);
    taken_ = bytes;
    if (bytes == 0) return AfterTake();
    // Not yet taken: a session that ends while it waits must not give back.
    taken_ = 0;
    beast::get_lowest_layer(stream_).expires_never();
    shared_->budget->Take(bytes, [self = this->shared_from_this(), bytes] {
      asio::post(self->stream_.get_executor(), [self, bytes] {
        self->taken_ = bytes;
        self->AfterTake();
      });
    });
  }

  void AfterTake() {
    Expire(kBodySeconds);
    if (beast::iequals(parser_->get()[http::field::expect], "100-continue")) return SendContinue();
    ReadBody();
  }

  void SendContinue() {
    auto response = std::make_shared<http::response<http::empty_body>>(http::status::continue_, 11);
    http::async_write(stream_, *response, [self = this->shared_from_this(), response](error_code error, size_t) {
      if (!error) self->ReadBody();
    });
  }

  void ReadBody() {
    http::async_read(stream_, buffer_, *parser_,
                     [self = this->shared_from_this()](error_code error, size_t) { self->OnBody(error); });
  }

  void OnBody(error_code error) {
    if (error == http::error::body_limit) return Refuse(413, TooLarge());
    if (error) return Close();
    beast::get_lowest_layer(stream_).expires_never();
    auto message = parser_->release();
    keep_alive_ = message.keep_alive() && !shared_->stopping.load();
    head_ = message.method() == http::verb::head;
    HttpRequest request;
    request.method = std::string(message.method_string().data(), message.method_string().size());
    const beast::string_view target = message.target();
    const size_t mark = target.find('?');
    request.path.assign(target.data(), mark == beast::string_view::npos ? target.size() : mark);
    if (mark != beast::string_view::npos) request.query.assign(target.data() + mark + 1, target.size() - mark - 1);
    for (const auto& field : message) {
      request.headers.emplace_back(LowerCase(field.name_string()),
                                   std::string(field.value().data(), field.value().size()));
    }
    request.body = std::move(message.body());
    request.peer = peer_;
    request.request_id = RequestIdOf(request.Header("x-request-id"));
    id_ = request.request_id;
    answering_ = true;
    shared_->answering.fetch_add(1);
    shared_->handler(std::move(request), [self = this->shared_from_this()](HttpResponse response) {
      asio::post(self->stream_.get_executor(),
                 [self, response = std::make_shared<HttpResponse>(std::move(response))] { self->Write(response); });
    });
  }

  std::string TooLarge() const {
    return base::Cat("body: at most ", shared_->options.body_bytes_max, " bytes (",
                     shared_->options.body_bytes_max >> 20, " MiB)");
  }

  // For requests that never reach the handler; the connection cannot go on after them.
  void Refuse(int status, const std::string& text) {
    auto response = std::make_shared<HttpResponse>();
    response->status = status;
    response->headers = {{"Content-Type", "application/json"}};
    response->body = base::Cat("{\"code\":\"", status == 413 ? "resource_exhausted" : "invalid_argument",
                               "\",\"message\":\"", text, "\"}");
    keep_alive_ = false;
    linger_ = true;
    id_ = NewRequestId();
    RequestEnd("http", "not read", id_)
        .Tell(status == 413 ? absl::StatusCode::kOutOfRange : absl::StatusCode::kInvalidArgument, status);
    Write(response);
  }

  void Write(const std::shared_ptr<HttpResponse>& response) {
    GiveBack();
    const std::string_view body =
        response->fixed_body.empty() ? std::string_view(response->body) : response->fixed_body;
    auto message = std::make_shared<http::response<http::span_body<const char>>>();
    message->version(11);
    message->result(static_cast<unsigned>(response->status));
    for (const auto& [name, value] : response->headers) message->insert(name, value);
    message->set("X-Request-Id", id_);
    message->keep_alive(keep_alive_);
    message->body() = {body.data(), head_ ? 0 : body.size()};
    message->content_length(body.size());
    Expire(kBodySeconds);
    http::async_write(stream_, *message,
                      [self = this->shared_from_this(), message, response](error_code error, size_t) {
                        self->EndAnswer();
                        if (error) return;
                        if (self->keep_alive_) return self->ReadHeader();
                        self->Close();
                      });
  }

  void EndAnswer() {
    if (std::exchange(answering_, false)) shared_->answering.fetch_sub(1);
  }

  void GiveBack() {
    if (taken_ > 0) shared_->budget->Give(std::exchange(taken_, 0));
  }

  // After a refusal the client may still be sending: what it sends is read away for a moment, or its own
  // stack would reset the connection before it reads the answer.
  void Close() {
    error_code ignored;
    auto& socket = beast::get_lowest_layer(stream_).socket();
    socket.shutdown(tcp::socket::shutdown_send, ignored);
    if (!std::exchange(linger_, false)) return;
    Expire(5);
    Drain();
  }

  void Drain() {
    drained_.resize(64 * 1024);
    beast::get_lowest_layer(stream_).async_read_some(
        asio::buffer(drained_), [self = this->shared_from_this()](error_code error, size_t bytes) {
          self->drained_bytes_ += bytes;
          if (!error && self->drained_bytes_ < 4 * self->shared_->options.body_bytes_max) self->Drain();
        });
  }

  Stream stream_;
  std::string peer_;
  Shared* shared_;
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  std::string id_;
  std::vector<char> drained_;
  size_t drained_bytes_ = 0;
  size_t taken_ = 0;
  bool keep_alive_ = true;
  bool answering_ = false;
  bool head_ = false;
  bool linger_ = false;
};

class BeastServer final : public HttpServer {
 public:
  BeastServer(HttpOptions options, ByteBudget* budget, HttpHandler handler) : acceptor_(io_) {
    shared_.options = std::move(options);
    shared_.budget = budget;
    shared_.handler = std::move(handler);
  }
  ~BeastServer() override { Stop(0); }

  Status Open() {
    try {
      if (!shared_.options.tls_certificate.empty()) OpenTls();
      const tcp::endpoint endpoint(asio::ip::make_address(shared_.options.host), shared_.options.port);
      acceptor_.open(endpoint.protocol());
      acceptor_.set_option(asio::socket_base::reuse_address(true));
      acceptor_.bind(endpoint);
      acceptor_.listen(asio::socket_base::max_listen_connections);
    } catch (const boost::system::system_error& error) {
      return base::Unavailable("http_address ", shared_.options.host, ":", shared_.options.port, ": ",
                               error.code().message());
    }
    Accept();
    for (size_t i = 0; i < shared_.options.threads; ++i) threads_.emplace_back([this] { io_.run(); });
    return absl::OkStatus();
  }

  uint16_t port() const override { return acceptor_.local_endpoint().port(); }

  void Stop(int grace_seconds) override {
    if (shared_.stopping.exchange(true)) return;
    asio::post(io_, [this] {
      error_code ignored;
      acceptor_.close(ignored);
    });
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(grace_seconds);
    while (shared_.answering.load() > 0 && std::chrono::steady_clock::now() < end) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    io_.stop();
    threads_.clear();
  }

 private:
  void OpenTls() {
    auto& tls = shared_.tls.emplace(asio::ssl::context::tls_server);
    tls.set_options(asio::ssl::context::no_tlsv1 | asio::ssl::context::no_tlsv1_1 | asio::ssl::context::no_sslv3);
    tls.use_certificate_chain_file(shared_.options.tls_certificate);
    tls.use_private_key_file(shared_.options.tls_key, asio::ssl::context::pem);
    if (shared_.options.tls_client_ca.empty()) return;
    tls.load_verify_file(shared_.options.tls_client_ca);
    tls.set_verify_mode(asio::ssl::verify_peer | asio::ssl::verify_fail_if_no_peer_cert);
  }

  void Accept() {
    acceptor_.async_accept(asio::make_strand(io_), [this](error_code error, tcp::socket socket) {
      if (error == asio::error::operation_aborted || shared_.stopping.load()) return;
      if (!error) Take(std::move(socket));
      Accept();
    });
  }

  void Take(tcp::socket socket) {
    if (shared_.connections.fetch_add(1) >= shared_.options.connections_max) {
      shared_.connections.fetch_sub(1);
      return;
    }
    error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    const tcp::endpoint peer = socket.remote_endpoint(ignored);
    std::string address = peer.address().to_string();
    beast::tcp_stream stream(std::move(socket));
    if (shared_.tls) {
      using Tls = beast::ssl_stream<beast::tcp_stream>;
      std::make_shared<Session<Tls>>(Tls(std::move(stream), *shared_.tls), std::move(address), &shared_)->Run();
    } else {
      std::make_shared<Session<beast::tcp_stream>>(std::move(stream), std::move(address), &shared_)->Run();
    }
  }

  Shared shared_;
  asio::io_context io_;
  tcp::acceptor acceptor_;
  std::vector<std::jthread> threads_;
};

}  // namespace

StatusOr<std::unique_ptr<HttpServer>> HttpServer::Start(HttpOptions options, ByteBudget* budget, HttpHandler handler) {
  auto server = std::make_unique<BeastServer>(std::move(options), budget, std::move(handler));
  RETURN_IF_ERROR(server->Open());
  return std::unique_ptr<HttpServer>(std::move(server));
}

}  // namespace cadastre::server
