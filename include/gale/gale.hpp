/// The whole front door: the everyday level, and the full one it stands on.
#pragma once

#include <gale/buffer_claim.hpp>
#include <gale/client.hpp>
#include <gale/clock.hpp>
#include <gale/counter.hpp>
#include <gale/diagnosis.hpp>
#include <gale/driver_options.hpp>
#include <gale/error.hpp>
#include <gale/everyday.hpp>
#include <gale/fragment_assembler.hpp>
#include <gale/function_ref.hpp>
#include <gale/handlers.hpp>
#include <gale/header.hpp>
#include <gale/image.hpp>
#include <gale/media_driver.hpp>
#include <gale/offer_result.hpp>
#include <gale/publication.hpp>
#include <gale/subscription.hpp>
#include <gale/types.hpp>
