// Leaves out of a trial that fails whatever it still fails without.
#pragma once

#include "node.hpp"
#include "trial.hpp"

namespace fuzz {

// The statement's tree is left as small as it became.
Verdict shrink(Databases &databases, const Tree &statement, Trial *trial);

} // namespace fuzz
