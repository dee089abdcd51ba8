#include "bench/echo_server.h"

#include "base/status.h"

namespace cadastre::bench {
namespace {

class Echo final : public grpc::ServerGenericBidiReactor {
 public:
  Echo() { StartRead(&message_); }
  void OnReadDone(bool ok) override {
    if (!ok) return Finish(grpc::Status(grpc::StatusCode::INVALID_ARGUMENT, "one message"));
    StartWriteAndFinish(&message_, grpc::WriteOptions(), grpc::Status::OK);
  }
  void OnDone() override { delete this; }

 private:
  grpc::ByteBuffer message_;
};

}  // namespace

class EchoServer::Service final : public grpc::CallbackGenericService {
  grpc::ServerGenericBidiReactor* CreateReactor(grpc::GenericCallbackServerContext* /*context*/) override {
    return new Echo;
  }
};

EchoServer::EchoServer() : service_(std::make_unique<Service>()) {}

EchoServer::~EchoServer() {
  if (server_ != nullptr) server_->Shutdown();
}

StatusOr<std::unique_ptr<EchoServer>> EchoServer::Start() {
  std::unique_ptr<EchoServer> made(new EchoServer);
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &made->port_);
  builder.RegisterCallbackGenericService(made->service_.get());
  made->server_ = builder.BuildAndStart();
  if (made->server_ == nullptr || made->port_ == 0) return base::Unavailable("no port for an echo");
  return made;
}

std::string EchoServer::address() const { return base::Cat("127.0.0.1:", port_); }

}  // namespace cadastre::bench
