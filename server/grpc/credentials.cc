#include "server/grpc/credentials.h"

#include <grpc/grpc.h>
#include <grpc/grpc_security.h>
#include <grpc/slice.h>

#include <utility>

#include "server/rpc/bearer.h"

namespace cadastre::server {
namespace {

std::string_view ViewOf(const grpc_slice& slice) {
  return {reinterpret_cast<const char*>(GRPC_SLICE_START_PTR(slice)), GRPC_SLICE_LENGTH(slice)};
}

void Ask(void* state, grpc_auth_context* /*context*/, const grpc_metadata* metadata, size_t count,
         grpc_process_auth_metadata_done_cb done, void* user_data) {
  std::string_view method;
  std::string_view bearer;
  for (size_t i = 0; i < count; ++i) {
    const std::string_view key = ViewOf(metadata[i].key);
    if (key == ":path") method = ViewOf(metadata[i].value);
    if (key == "authorization") bearer = BearerIn(ViewOf(metadata[i].value));
  }
  const bool may = (*static_cast<const MayBegin*>(state))(method, bearer);
  done(user_data, nullptr, 0, nullptr, 0, may ? GRPC_STATUS_OK : GRPC_STATUS_RESOURCE_EXHAUSTED,
       may ? nullptr : "too many calls at once that nobody has looked at; try again");
}

class AskingCredentials final : public grpc::ServerCredentials {
 public:
  AskingCredentials(grpc_server_credentials* made, MayBegin may_begin) : made_(made) {
    grpc_server_credentials_set_auth_metadata_processor(
        made_, {Ask, [](void* state) { delete static_cast<MayBegin*>(state); }, new MayBegin(std::move(may_begin))});
  }
  AskingCredentials(const AskingCredentials&) = delete;
  AskingCredentials& operator=(const AskingCredentials&) = delete;
  ~AskingCredentials() override { grpc_server_credentials_release(made_); }

  void SetAuthMetadataProcessor(const std::shared_ptr<grpc::AuthMetadataProcessor>& /*processor*/) override {}

 private:
  int AddPortToServer(const std::string& address, grpc_server* server) override {
    return grpc_server_add_http2_port(server, address.c_str(), made_);
  }

  grpc_server_credentials* const made_;
};

}  // namespace

std::shared_ptr<grpc::ServerCredentials> MakeServerCredentials(const std::optional<TlsPem>& tls, MayBegin may_begin) {
  grpc_server_credentials* made = nullptr;
  if (!tls) {
    made = grpc_insecure_server_credentials_create();
  } else {
    grpc_ssl_pem_key_cert_pair pair{tls->key.c_str(), tls->certificate.c_str()};
    made = grpc_ssl_server_credentials_create_ex(tls->client_ca.empty() ? nullptr : tls->client_ca.c_str(), &pair, 1,
                                                 tls->client_ca.empty()
                                                     ? GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE
                                                     : GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY,
                                                 nullptr);
  }
  return std::make_shared<AskingCredentials>(made, std::move(may_begin));
}

}  // namespace cadastre::server
