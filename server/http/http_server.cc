#include "server/http/http_server.h"

#include <array>
#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <chrono>
#include <thread>
#include <utility>
#include <vector>

#include "base/log.h"
#include "base/sender.h"
#include "base/status.h"
#include "server/http/connect.h"
#include "server/http/session_inl.h"
#include "server/rpc/line_budget.h"
#include "server/rpc/request_id.h"
#include "server/rpc/request_log.h"
#include "server/rpc/stranger_gate.h"

namespace cadastre::server {
namespace {

constexpr int kHandshakeLinesASecond = 10;
constexpr std::chrono::milliseconds kPauseMin{20};
constexpr std::chrono::milliseconds kPauseMax{1000};

std::string LowerCase(beast::string_view text) {
  std::string out(text.data(), text.size());
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

// A proxy may be told the whole address; what it names is the path.
std::string_view PathAndQuery(std::string_view target) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!SameWord(target.substr(0, scheme.size()), scheme)) continue;
    const size_t slash = target.find('/', scheme.size());
    return slash == std::string_view::npos ? "/" : target.substr(slash);
  }
  return target;
}

}  // namespace

HttpRequest HeadOf(const http::request_parser<ArrivingBody>& parser, const std::string& peer) {
  const auto& message = parser.get();
  HttpRequest head;
  head.method.assign(message.method_string().data(), message.method_string().size());
  const std::string_view target = PathAndQuery({message.target().data(), message.target().size()});
  const size_t mark = target.find('?');
  head.path = target.substr(0, mark);
  if (mark != std::string_view::npos) head.query = target.substr(mark + 1);
  for (const auto& field : message) {
    head.headers.emplace_back(LowerCase(field.name_string()), std::string(field.value().data(), field.value().size()));
  }
  head.peer = peer;
  head.request_id = RequestIdOf(head.Header("x-request-id"));
  return head;
}

void TellHandshake(const std::string& peer, const error_code& error) {
  static LineBudget lines(kHandshakeLinesASecond);
  int64_t left_out = 0;
  if (!lines.Take(&left_out)) return;
  base::LogInfo("a TLS handshake failed", {{"peer", peer}, {"cause", error.message()}, {"lines_left_out", left_out}});
}

HttpResponse RefusalOf(int status, std::string_view text, const std::string& request_id) {
  HttpResponse response;
  response.status = status;
  response.code = status == 413 ? absl::StatusCode::kResourceExhausted : absl::StatusCode::kInvalidArgument;
  response.headers = {{"Content-Type", "application/json"}};
  response.body = base::Cat("{\"code\":\"", status == 413 ? "resource_exhausted" : "invalid_argument",
                            "\",\"message\":", JsonString(text), "}");
  RequestEnd("http", "not read", request_id)
      .Tell(status == 413 ? absl::StatusCode::kOutOfRange : absl::StatusCode::kInvalidArgument, status);
  return response;
}

namespace {

class BeastServer final : public HttpServer {
 public:
  BeastServer(HttpOptions options, Budget* budget, Connections* connections, HttpHandler* handler)
      : acceptor_(io_), pause_timer_(io_) {
    shared_.options = std::move(options);
    shared_.budget = budget;
    shared_.connections = connections;
    shared_.handler = handler;
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
      if (error) return AcceptLater(error);
      pause_ = kPauseMin;
      Take(std::move(socket));
      Accept();
    });
  }

  // Mostly out of descriptors: at once it would fail again, and again, on a whole core.
  void AcceptLater(error_code error) {
    if (pause_ == kPauseMin) base::LogWarning("no connection can be accepted", {{"cause", error.message()}});
    shared_.connections->MakeRoom();
    pause_timer_.expires_after(pause_);
    pause_ = std::min(2 * pause_, kPauseMax);
    pause_timer_.async_wait([this](error_code stopped) {
      if (!stopped && !shared_.stopping.load()) Accept();
    });
  }

  void Take(tcp::socket socket) {
    error_code error;
    socket.set_option(tcp::no_delay(true), error);
    const tcp::endpoint peer = socket.remote_endpoint(error);
    if (error) return;
    std::string address = peer.address().to_string();
    beast::tcp_stream stream(std::move(socket));
    if (shared_.tls) {
      if (!handshakes_[base::Sender::OfAddress(address).number() % handshakes_.size()].Take(
              StrangerGate::Clock::now())) {
        return;
      }
      using Tls = beast::ssl_stream<beast::tcp_stream>;
      std::make_shared<Session<Tls>>(Tls(std::move(stream), *shared_.tls), std::move(address), &shared_)->Run();
    } else {
      std::make_shared<Session<beast::tcp_stream>>(std::move(stream), std::move(address), &shared_)->Run();
    }
  }

  HttpShared shared_;
  asio::io_context io_;
  // While a request is worked on elsewhere its connection waits for nothing: once the acceptor is closed the threads
  // would find no work and end, and the answer would have nobody to write it.
  asio::executor_work_guard<asio::io_context::executor_type> work_ = asio::make_work_guard(io_);
  tcp::acceptor acceptor_;
  // A handshake is a third of a millisecond of a core, before anybody can ask who sends.
  std::array<StrangerGate, StrangerGate::kGates> handshakes_;
  asio::steady_timer pause_timer_;
  std::chrono::milliseconds pause_ = kPauseMin;
  std::vector<std::jthread> threads_;
};

}  // namespace

StatusOr<std::unique_ptr<HttpServer>> HttpServer::Start(HttpOptions options, Budget* budget, Connections* connections,
                                                        HttpHandler* handler) {
  auto server = std::make_unique<BeastServer>(std::move(options), budget, connections, handler);
  RETURN_IF_ERROR(server->Open());
  return std::unique_ptr<HttpServer>(std::move(server));
}

}  // namespace cadastre::server
