#include "server/doors.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/resource_quota.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <thread>
#include <utility>
#include <vector>

#include "base/durable_file.h"
#include "base/mutex.h"
#include "base/status.h"
#include "server/grpc/credentials.h"
#include "server/grpc/door.h"
#include "server/grpc/listener.h"
#include "server/http/gateway.h"
#include "server/http/http_server.h"
#include "server/http/metrics_door.h"
#include "server/metrics_page.h"
#include "server/rpc/budget.h"
#include "server/rpc/connections.h"
#include "server/rpc/request_log.h"
#include "server/rpc/stranger_gate.h"

namespace cadastre::server {
namespace {

constexpr size_t kGrpcMemoryBytes = 640u << 20;
// Reflection, which is gRPC's own, has one for each stream.
constexpr int kGrpcThreadsMax = 128;
constexpr std::string_view kHealthWatch = "/grpc.health.v1.Health/Watch";
// Who connects and says nothing, and who has no call under way.
constexpr int kGrpcHandshakeMillis = 10'000;
constexpr int kGrpcIdleMillis = 600'000;
// Calls under way on one connection. A client that keeps to it queues further ones or opens another connection; of the
// others StrangerAllowance and KnownPeers take care, since gRPC holds only those to it who have said that they heard.
constexpr int kGrpcStreamsMax = 256;
// What a client may send ahead of a refusal that it has not heard yet, and on a call that is answered and whose answer
// nobody reads: all calls that one sender may have under way hold less of it than half of what gRPC may hold. A message
// that is awaited comes as fast as it can. gRPC's own measure of the line would let it be 4 MiB.
constexpr int kGrpcWindowBytes = 64 << 10;
constexpr int kMessageSlackBytes = 64 << 10;
// What is on the way on streams may still be acknowledged.
constexpr std::chrono::milliseconds kStreamsEnd{500};

StatusOr<std::string> ReadFile(const std::string& path, std::string_view key) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return base::InvalidField(key, "a file that can be read");
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// Nothing: plaintext.
StatusOr<std::optional<TlsPem>> TlsOf(const Config& config) {
  if (config.tls_certificate.empty()) return std::nullopt;
  TlsPem tls;
  ASSIGN_OR_RETURN(tls.certificate, ReadFile(config.tls_certificate, "tls_certificate"));
  ASSIGN_OR_RETURN(tls.key, ReadFile(config.tls_key, "tls_key"));
  if (!config.tls_client_ca.empty()) {
    ASSIGN_OR_RETURN(tls.client_ca, ReadFile(config.tls_client_ca, "tls_client_ca"));
  }
  return tls;
}

class BothDoors final : public Doors {
 public:
  BothDoors(Rooms& rooms, const Config& config, std::vector<base::Measure> measures)
      : rooms_(rooms),
        config_(config),
        measures_(std::move(measures)),
        budget_(rooms.budget()),
        connections_(static_cast<size_t>(config.connections)) {}
  ~BothDoors() override { Stop(0); }

  Status OpenAll() {
    RETURN_IF_ERROR(OpenGrpc());
    RETURN_IF_ERROR(OpenHttp());
    RETURN_IF_ERROR(OpenMetrics());
    return WriteAddresses();
  }

  std::string http_url() const override { return UrlOf(http_host_, http_->port()); }
  std::string grpc_address() const override { return grpc_address_; }

  void TellHealth() override EXCLUDES(health_mutex_) {
    // One at a time, so that what was true before is never told last.
    base::MutexLock lock(health_mutex_);
    if (grpc_) grpc_->GetHealthCheckService()->SetServingStatus(NotReady().empty());
  }

  void Stop(int grace_seconds) override {
    stopping_.store(true);
    const auto end = std::chrono::system_clock::now() + std::chrono::seconds(grace_seconds);
    TellHealth();
    if (http_) http_->Stop(grace_seconds);
    if (metrics_http_) metrics_http_->Stop(0);
    if (!grpc_) return;
    listener_->Stop();
    // gRPC would wait for streams too (health watchers, reflection, pushes with nothing on the way), which end when
    // their other side pleases: calls under way are waited for here, and streams are cut, which those who push resume.
    while (RequestEnd::UnderWay() > 0 && std::chrono::system_clock::now() < end) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    grpc_->Shutdown(std::min(end, std::chrono::system_clock::now() + kStreamsEnd));
    grpc_.reset();
  }

 private:
  std::string UrlOf(const std::string& host, uint16_t port) const {
    const bool six = host.find(':') != std::string::npos;
    return base::Cat(config_.tls_certificate.empty() ? "http://" : "https://", six ? "[" : "", host, six ? "]" : "",
                     ":", port);
  }
  std::string NotReady() const { return stopping_.load() ? "stopping" : rooms_.NotReady(); }

  // What the addresses of one port have in common.
  struct Gate {
    StrangerGate calls;
    // gRPC itself serves these, to anybody and for as long as their client pleases.
    StrangerGate watches{64, 8};
  };
  // Asked of each gRPC call while it is parsed.
  bool MayBegin(std::string_view method, std::string_view bearer, Gate& gate) {
    const auto now = StrangerGate::Clock::now();
    const base::Sender sender = method == kHealthWatch ? base::Sender() : rooms_.front().SenderOf(bearer);
    if (sender.known() && known_.MayBegin(sender)) return true;
    if ((method == kHealthWatch ? gate.watches : gate.calls).Take(now)) return true;
    (void)rooms_.front().TurnAway(authz::Call());
    return false;
  }

  Status OpenGrpc() {
    grpc::EnableDefaultHealthCheckService(true);
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
    ASSIGN_OR_RETURN(const HostPort at, ParseHostPort(config_.grpc_address, "grpc_address"));
    ASSIGN_OR_RETURN(const std::optional<TlsPem> tls, TlsOf(config_));
    grpc::ServerBuilder builder;
    ASSIGN_OR_RETURN(listener_, GrpcListener::Listen(at.host, at.port, &connections_, &known_));
    std::vector<std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor>> acceptors;
    for (Gate& gate : gates_) {
      acceptors.push_back(builder.experimental().AddExternalConnectionAcceptor(
          grpc::ServerBuilder::experimental_type::ExternalConnectionType::FROM_FD,
          MakeServerCredentials(tls, [this, &gate](std::string_view method, std::string_view bearer) {
            return MayBegin(method, bearer, gate);
          })));
    }
    const bool six = at.host.find(':') != std::string::npos;
    const std::string host = six ? base::Cat("[", at.host, "]") : at.host;
    const int message_bytes = static_cast<int>(config_.body_mib_max << 20) + kMessageSlackBytes;
    builder.SetMaxReceiveMessageSize(message_bytes);
    builder.AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, kGrpcHandshakeMillis);
    builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_IDLE_MS, kGrpcIdleMillis);
    builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kGrpcStreamsMax);
    builder.AddChannelArgument(GRPC_ARG_HTTP2_BDP_PROBE, 0);
    builder.AddChannelArgument(GRPC_ARG_HTTP2_STREAM_LOOKAHEAD_BYTES, kGrpcWindowBytes);
    grpc::ResourceQuota quota("cadastre");
    quota.Resize(kGrpcMemoryBytes);
    quota.SetMaxThreads(kGrpcThreadsMax);
    builder.SetResourceQuota(quota);
    ASSIGN_OR_RETURN(grpc_door_, GrpcDoor::Make({&rooms_.methods(), &rooms_.services(), &rooms_.front(), &budget_,
                                                 &known_, static_cast<size_t>(message_bytes)}));
    grpc_door_->Register(builder);
    grpc_ = builder.BuildAndStart();
    if (grpc_ == nullptr) return base::Unavailable("grpc_address ", config_.grpc_address, " cannot be used");
    TellHealth();
    listener_->Start(std::move(acceptors));
    grpc_address_ = base::Cat(host, ":", listener_->port());
    return absl::OkStatus();
  }

  Status OpenHttp() {
    ASSIGN_OR_RETURN(const HostPort at, ParseHostPort(config_.http_address, "http_address"));
    openlineage::Limits limits;
    limits.event_bytes_max = static_cast<size_t>(config_.body_mib_max) << 20;
    connect_ = std::make_unique<ConnectDoor>(&rooms_.methods(), &rooms_.front());
    openlineage_ = std::make_unique<OpenLineageDoor>(rooms_.services().ingest, &rooms_.front(), limits);
    metrics_ = std::make_unique<MetricsPage>(&rooms_);
    for (base::Measure& each : measures_) metrics_->AddGauge(each.name, each.help, std::move(each.value));
    MeasureShares();
    Gateway::Parts parts;
    parts.budget = &budget_;
    parts.front = &rooms_.front();
    parts.body_bytes_max = static_cast<size_t>(config_.body_mib_max) << 20;
    parts.connect = connect_.get();
    parts.openlineage = openlineage_.get();
    parts.not_ready = [this] {
      // Whoever hears it here may ask gRPC next.
      TellHealth();
      return NotReady();
    };
    parts.metrics = [this](HttpRequest request, HttpReply reply) {
      metrics_->Handle(std::move(request), std::move(reply));
    };
    gateway_ = std::make_unique<Gateway>(std::move(parts));
    http_host_ = at.host;
    const HttpOptions options = OptionsAt(at, static_cast<size_t>(config_.http_threads));
    ASSIGN_OR_RETURN(http_, HttpServer::Start(options, &budget_, &connections_, gateway_.get()));
    return absl::OkStatus();
  }

  HttpOptions OptionsAt(const HostPort& at, size_t threads) const {
    HttpOptions options;
    options.host = at.host;
    options.port = at.port;
    options.threads = threads;
    options.tls_certificate = config_.tls_certificate;
    options.tls_key = config_.tls_key;
    options.tls_client_ca = config_.tls_client_ca;
    return options;
  }

  Status OpenMetrics() {
    if (config_.metrics_address.empty()) return absl::OkStatus();
    ASSIGN_OR_RETURN(const HostPort at, ParseHostPort(config_.metrics_address, "metrics_address"));
    const bool open = config_.metrics_open != 0 || IsLoopback(at.host);
    metrics_door_ =
        std::make_unique<MetricsDoor>([this] { return metrics_->Expose(); }, &budget_, open ? nullptr : gateway_.get());
    const HttpOptions options = OptionsAt(at, 1);
    StatusOr<std::unique_ptr<HttpServer>> server =
        HttpServer::Start(options, &budget_, &connections_, metrics_door_.get());
    if (!server.ok()) return base::WithinField("metrics_address", server.status());
    metrics_http_ = *std::move(server);
    metrics_url_ = UrlOf(at.host, metrics_http_->port());
    return absl::OkStatus();
  }

  void MeasureShares() {
    metrics_->AddGauge("cadastre_requests_held", "Requests between their header and their answer.",
                       [this] { return static_cast<double>(budget_.held(Budget::Resource::kRequests)); });
    metrics_->AddGauge("cadastre_request_bytes_held", "Bytes of requests: arrived, unpacked, being worked on.",
                       [this] { return static_cast<double>(budget_.held(Budget::Resource::kBytes)); });
    metrics_->AddGauge("cadastre_connections", "Connections of both doors.",
                       [this] { return static_cast<double>(connections_.count()); });
    metrics_->AddCounter("cadastre_shares_refused_total", "Times a sender wanted more than its share.",
                         [this] { return budget_.refused(); });
    metrics_->AddCounter("cadastre_connections_closed_total", "Quiet connections closed to make room for others.",
                         [this] { return connections_.closed(); });
  }

  // On a full disk the start may have left no room but the reserve's.
  Status WriteAddresses() {
    Status written = WriteAddressesOnce();
    if (!absl::IsResourceExhausted(written) || rooms_.disk() == nullptr) return written;
    rooms_.disk()->NoteFull();
    return WriteAddressesOnce();
  }

  // Written aside and renamed, so that who waits for it never reads half of it.
  Status WriteAddressesOnce() {
    const std::string path = config_.data_dir + "/addresses.json";
    const std::string aside = path + ".new";
    std::string text = base::Cat("{\"http\": \"", http_url(), "\", \"grpc\": \"", grpc_address(),
                                 "\", \"tls\": ", config_.tls_certificate.empty() ? "false" : "true");
    if (metrics_http_) text += base::Cat(", \"metrics\": \"", metrics_url_, "/metrics\"");
    text += "}\n";
    std::error_code error;
    std::filesystem::remove(aside, error);
    RETURN_IF_ERROR(base::WriteNewFile(aside, text));
    std::filesystem::rename(aside, path, error);
    if (error) return base::Unavailable("addresses.json cannot be written");
    return absl::OkStatus();
  }

  Rooms& rooms_;
  const Config config_;
  std::vector<base::Measure> measures_;
  std::atomic<bool> stopping_{false};
  base::Mutex health_mutex_;
  Budget& budget_;
  Connections connections_;
  std::array<Gate, StrangerGate::kGates> gates_;
  KnownPeers known_{&budget_, (static_cast<uint64_t>(config_.body_mib_max) << 20) + kMessageSlackBytes};
  std::unique_ptr<ConnectDoor> connect_;
  std::unique_ptr<OpenLineageDoor> openlineage_;
  std::unique_ptr<MetricsPage> metrics_;
  std::unique_ptr<Gateway> gateway_;
  std::unique_ptr<GrpcListener> listener_;
  std::unique_ptr<GrpcDoor> grpc_door_;
  std::unique_ptr<grpc::Server> grpc_;
  std::string grpc_address_;
  std::string http_host_;
  std::unique_ptr<HttpServer> http_;
  std::unique_ptr<MetricsDoor> metrics_door_;
  std::unique_ptr<HttpServer> metrics_http_;
  std::string metrics_url_;
};

}  // namespace

StatusOr<std::unique_ptr<Doors>> Doors::Open(Rooms& rooms, const Config& config, std::vector<base::Measure> measures) {
  auto doors = std::make_unique<BothDoors>(rooms, config, std::move(measures));
  RETURN_IF_ERROR(doors->OpenAll());
  return std::unique_ptr<Doors>(std::move(doors));
}

}  // namespace cadastre::server
