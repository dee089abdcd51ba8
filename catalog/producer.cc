#include "catalog/producer.h"

#include "base/status.h"

namespace cadastre::catalog {
namespace {

constexpr char kProducerSpace = 'p';

}  // namespace

StatusOr<Producer> InternProducer(authz::WriteSession& session, std::string_view tool, Rank rank) {
  const std::string& principal = session.viewer().principal();
  const auto weight = static_cast<uint32_t>(rank);
  Producer producer;
  ASSIGN_OR_RETURN(producer.number,
                   session.InternNumber(kProducerSpace, base::Cat(principal, "\x1f", tool, "\x1f", weight)));
  producer.record.set_principal(principal);
  producer.record.set_tool(std::string(tool));
  producer.record.set_rank(weight);
  return producer;
}

}  // namespace cadastre::catalog
