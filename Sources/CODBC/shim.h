// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <sql.h>
#include <sqlext.h>
#include <sqlucode.h>
