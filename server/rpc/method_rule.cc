#include "server/rpc/method_rule.h"

#include <map>

#include "base/check.h"
#include "base/mutex.h"
#include "base/status.h"
#include "cadastre/privilege/v1/privilege.pb.h"

namespace cadastre::server {
namespace {

namespace v1 = privilege::v1;

StatusOr<authz::Privilege> PrivilegeOf(v1::Privilege privilege, std::string_view name) {
  if (privilege <= 0 || privilege >= authz::kPrivilegeCount) {
    return base::FailedPrecondition(name, ": its rule names no privilege");
  }
  return static_cast<authz::Privilege>(privilege);
}

StatusOr<authz::Effect> EffectOf(v1::Effect effect, std::string_view name) {
  switch (effect) {
    case v1::EFFECT_READ: return authz::Effect::kRead;
    case v1::EFFECT_WRITE: return authz::Effect::kWrite;
    case v1::EFFECT_LOGIN: return authz::Effect::kLogin;
    default: return base::FailedPrecondition(name, ": its rule says no effect");
  }
}

}  // namespace

std::string NameOf(const google::protobuf::MethodDescriptor& method) {
  return base::Cat(method.service()->full_name(), "/", method.name());
}

StatusOr<authz::Operation> OperationOf(const google::protobuf::MethodDescriptor& method, std::string_view name) {
  const v1::Rule& rule = method.options().GetExtension(v1::rule);
  authz::Operation operation{name, authz::Privilege::kNone, false, authz::Effect::kRead};
  ASSIGN_OR_RETURN(operation.effect, EffectOf(rule.effect(), name));
  const bool login = operation.effect == authz::Effect::kLogin;
  if (login != (name == authz::kLoginName)) {
    return base::FailedPrecondition(name, ": only ", authz::kLoginName, " is a login");
  }
  switch (rule.caller_case()) {
    case v1::Rule::kAnyone:
      if (!rule.anyone() || login) return base::FailedPrecondition(name, ": its rule says not who may call");
      return operation;
    case v1::Rule::kSomewhere: {
      ASSIGN_OR_RETURN(operation.privilege, PrivilegeOf(rule.somewhere(), name));
      break;
    }
    case v1::Rule::kEverywhere: {
      ASSIGN_OR_RETURN(operation.privilege, PrivilegeOf(rule.everywhere(), name));
      operation.everywhere = true;
      break;
    }
    case v1::Rule::CALLER_NOT_SET:
      if (!login) return base::FailedPrecondition(name, ": its rule says not who may call");
      return operation;
  }
  if (login) return base::FailedPrecondition(name, ": nobody is known yet who could hold a privilege");
  return operation;
}

const authz::Operation& OperationTaking(const google::protobuf::Descriptor& request) {
  struct Kept {
    std::string name;
    authz::Operation operation;
  };
  static base::Mutex mutex;
  static auto& kept = *new std::map<const google::protobuf::Descriptor*, Kept>();
  base::MutexLock lock(mutex);
  const auto [entry, fresh] = kept.try_emplace(&request);
  if (!fresh) return entry->second.operation;
  const google::protobuf::FileDescriptor& file = *request.file();
  for (int s = 0; s < file.service_count(); ++s) {
    for (int m = 0; m < file.service(s)->method_count(); ++m) {
      if (file.service(s)->method(m)->input_type() != &request) continue;
      entry->second.name = NameOf(*file.service(s)->method(m));
      const auto operation = OperationOf(*file.service(s)->method(m), entry->second.name);
      CHECK_OK(operation.status());
      entry->second.operation = *operation;
      return entry->second.operation;
    }
  }
  CHECK(false) << request.full_name() << " is taken by no method";
  return entry->second.operation;
}

}  // namespace cadastre::server
