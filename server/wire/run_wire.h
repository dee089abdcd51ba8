// Runs as wire messages. Thread rule: compatible.
#pragma once

#include "authz/view/sealed.h"
#include "authz/view/view.h"
#include "cadastre/catalog/v1/catalog.pb.h"
#include "lineage/runs.h"

namespace cadastre::server {

// Names come from the view; what it does not name was already dropped.
catalog::v1::Run ToProto(const authz::Visible<lineage::RunRow>& row, const authz::GovernedView& view);

}  // namespace cadastre::server
