# SPDX-FileCopyrightText: Certway contributors
# SPDX-License-Identifier: Apache-2.0
"""What a mail server has delivered into a Maildir, read by Python's own mail library."""
import base64
import email
import email.policy
import json
import os
import sys

found = []
folder = os.path.join(sys.argv[1], "new")
for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
    with open(os.path.join(folder, name), "rb") as file:
        mail = email.message_from_binary_file(file, policy=email.policy.default)
    if mail.defects or any(header.defects for header in mail.values()):
        sys.exit(f"{name}: {mail.defects} {[(key, value.defects) for key, value in mail.items() if value.defects]}")
    found.append({
        "id": mail["Message-ID"].strip("<>").split("@")[0], "for": mail["Envelope-To"],
        "to": mail["To"].addresses[0].addr_spec, "from": mail["From"].addresses[0].addr_spec,
        "subject": mail["Subject"], "text": mail.get_body(("plain",)).get_content(), "event": mail["X-Certway-Event"],
        "files": [{
            "name": part.get_filename(), "type": part.get_content_type(),
            "content": base64.b64encode(part.get_content()).decode(),
        } for part in mail.iter_attachments()],
        "isAutomatic": mail["Auto-Submitted"] == "auto-generated", "date": mail["Date"].datetime.isoformat(),
    })
print(json.dumps(found))
