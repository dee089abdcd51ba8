// Two worlds: the analyst's, without people and finance, with personal data masked and no SQL; and the steward's.
#include <string>
#include <utility>

#include "demo/governance_parts.h"

namespace cadastre::demo {
namespace {

json::object Grant(const char* id, const char* role, json::array privileges) {
  return {{"id", id}, {"role", role}, {"privileges", std::move(privileges)}, {"scope", json::object{}}};
}

json::object DenyDomain(const char* id, const char* role, const char* domain) {
  json::object grant = Grant(id, role,
                             Words({"PRIVILEGE_BROWSE", "PRIVILEGE_READ", "PRIVILEGE_READ_COLUMNS",
                                    "PRIVILEGE_READ_CODE", "PRIVILEGE_READ_OPERATIONS", "PRIVILEGE_READ_SAMPLES"}));
  grant["scope"] = json::object{{"domain", Ref("domain", "haru", domain)}};
  grant["deny"] = true;
  return grant;
}

json::object Principal(const std::string& id, const char* kind, const std::string& name) {
  return {{"id", id}, {"kind", kind}, {"displayName", name}};
}

json::object Person(const std::string& id, const std::string& name, json::array groups) {
  json::object person = Principal(id, "PRINCIPAL_KIND_PERSON", name);
  person["email"] = id + "@haru.example";
  person["groups"] = std::move(groups);
  return person;
}

struct Name {
  const char* id;
  const char* name;
};

constexpr Name kPeople[] = {{"kim.minji", "김민지"},  {"lee.seojun", "이서준"},  {"park.jiwoo", "박지우"},
                            {"choi.yuna", "최유나"},  {"jung.haneul", "정하늘"}, {"kang.doyun", "강도윤"},
                            {"yoon.subin", "윤수빈"}, {"han.jaeho", "한재호"}};

std::string NameOf(const std::string& id) {
  for (const Name& person : kPeople) {
    if (id == person.id) return person.name;
  }
  return id;
}

}  // namespace

json::array Roles() {
  return List(
      {{{"id", "analyst"}, {"description", "Reads the business: no people or finance, personal data masked, no SQL."}},
       {{"id", "steward"}, {"description", "Sees everything and tends descriptions, tags and technical facts."}},
       {{"id", "pipeline"}, {"description", "Pushes lineage and run events."}}});
}

json::array Grants() {
  json::array grants;
  grants.push_back(
      Grant("analyst-reads", "analyst", Words({"PRIVILEGE_BROWSE", "PRIVILEGE_READ", "PRIVILEGE_READ_OPERATIONS"})));
  grants.push_back(DenyDomain("analyst-no-hr", "analyst", "hr"));
  grants.push_back(DenyDomain("analyst-no-finance", "analyst", "finance"));
  grants.push_back(Grant("steward-reads", "steward",
                         Words({"PRIVILEGE_BROWSE", "PRIVILEGE_READ", "PRIVILEGE_READ_COLUMNS", "PRIVILEGE_READ_CODE",
                                "PRIVILEGE_READ_OPERATIONS", "PRIVILEGE_READ_SAMPLES"})));
  grants.push_back(Grant("steward-edits", "steward",
                         Words({"PRIVILEGE_EDIT_DOCS", "PRIVILEGE_EDIT_TAGS", "PRIVILEGE_EDIT_TECHNICAL"})));
  grants.push_back(Grant("pipeline-pushes", "pipeline", Words({"PRIVILEGE_PUSH"})));
  return grants;
}

json::array Principals(const Company& company) {
  json::array principals;
  const auto put = [&principals](json::object principal, const char* password) {
    json::object request{{"principal", std::move(principal)}};
    if (password != nullptr) request["password"] = password;
    principals.push_back(std::move(request));
  };
  json::object analysts = Principal("analysts", "PRINCIPAL_KIND_GROUP", "분석가");
  analysts["roles"] = Words({"analyst"});
  put(std::move(analysts), nullptr);
  json::object stewards = Principal("stewards", "PRINCIPAL_KIND_GROUP", "데이터 스튜어드");
  stewards["roles"] = Words({"steward"});
  put(std::move(stewards), nullptr);
  for (const Domain& domain : company.domains) {
    put(Principal(domain.owner, "PRINCIPAL_KIND_GROUP", domain.korean + " 데이터팀"), nullptr);
    for (const std::string& id : domain.stewards) {
      put(Person(id, NameOf(id), Words({domain.owner})), nullptr);
    }
  }
  put(Person("analyst", "이분석", Words({"analysts"})), "analyst-demo");
  put(Person("steward", "서관리", Words({"stewards"})), "steward-demo");
  json::object pipelines = Principal("pipelines", "PRINCIPAL_KIND_SERVICE", "Data pipelines");
  pipelines["roles"] = Words({"pipeline"});
  put(std::move(pipelines), nullptr);
  return principals;
}

}  // namespace cadastre::demo
