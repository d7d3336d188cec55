"""Sends what we write to a SCIM server that others wrote, and reads all of it back.

    scim.py users FILE          each line is created at /Users
    scim.py bulk FILE...        each file is posted to /Bulk, in this order
    scim.py employees FILE      each line is created at /Employees, a resource type of One Identity's guide; so are
                                starling-users, roles and data-securities

What was sent is compared with what the server gives for it, every value of it. One line says how many records there were:
judged, accepted, refused. PersonNumbers alone are named where something is wrong, never a value.
"""

import http.client
import json
import pathlib
import socket
import subprocess
import sys
import tempfile
import time

from scim2_models import BulkRequest, EnterpriseUser, User

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


class Server:
    """scim2-server on a port of its own."""

    def __init__(self, *arguments):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        program = pathlib.Path(sys.executable).parent / "scim2-server"
        self.process = subprocess.Popen(
            [program, "--port", str(self.port), *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self.connection = None
        for _ in range(200):
            try:
                if self.ask("GET", "/ServiceProviderConfig")[0] == 200:
                    return
            except OSError:
                time.sleep(0.1)
        raise SystemExit("scim2-server does not answer")

    def ask(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)
        headers = {"Content-Type": "application/scim+json"} if body is not None else {}
        connection.request(method, path, body and body.encode(), headers)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        return answer.status, json.loads(text) if text else None

    def everything(self, path):
        """What the server has, by its id; page by page."""
        found, start = {}, 1
        while True:
            status, page = self.ask("GET", f"{path}?startIndex={start}&count=1000")
            assert status == 200, (status, page)
            resources = page.get("Resources", [])
            found.update((resource["id"], resource) for resource in resources)
            start += len(resources)
            if start > page["totalResults"] or not resources:
                return found

    def stop(self):
        self.process.terminate()
        self.process.wait()


def differs(sent, stored, path=""):
    """The first place where what was sent is not what is stored; what the server adds of its own does not count."""
    if isinstance(sent, dict) and isinstance(stored, dict):
        names = {name.lower(): name for name in stored}
        for name, value in sent.items():
            if name.lower() not in names:
                return f"{path}.{name} is gone"
            found = differs(value, stored[names[name.lower()]], f"{path}.{name}")
            if found:
                return found
        return None
    if isinstance(sent, list) and isinstance(stored, list):
        if len(sent) != len(stored):
            return f"{path} has {len(stored)} elements and not {len(sent)}"
        found = (differs(one, other, f"{path}[{nth}]") for nth, (one, other) in enumerate(zip(sent, stored)))
        return next((difference for difference in found if difference), None)
    return None if sent == stored and type(sent) is type(stored) else f"{path} is another value"


def create(server, path, resources):
    """Creates resources, by PersonNumber or id, and compares what the server then has. Each is an operation of its own; a
    few hundred go at once, or ten thousand would take minutes."""
    sent, wrong = {}, []
    for start in range(0, len(resources), 300):
        some = resources[start : start + 300]
        operations = [
            {"method": "POST", "path": path, "bulkId": str(nth), "data": body} for nth, (_, body) in enumerate(some)
        ]
        request = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": operations}
        status, answer = server.ask("POST", "/Bulk", json.dumps(request))
        assert status == 200, status
        for (number, body), result in zip(some, answer["Operations"]):
            if str(result["status"]) == "201":
                sent[result["location"].rsplit("/", 1)[1]] = (number, body)
            else:
                wrong.append((number, result["status"], result.get("response", {}).get("scimType")))
    stored = server.everything(path)
    for key, (number, body) in sent.items():
        found = differs(body, stored[key])
        if found:
            wrong.append((number, found))
    return len(resources), wrong


def users(server, files):
    lines = [json.loads(line) for file in files for line in open(file, encoding="utf-8")]
    for user in lines:
        User[EnterpriseUser].model_validate(user)
    return create(server, "/Users", [(user["externalId"], user) for user in lines])


def bulk(server, files):
    ids, sent, managers, wrong, judged = {}, {}, {}, [], 0
    for file in files:
        text = pathlib.Path(file).read_text(encoding="utf-8")
        request = json.loads(text)
        # A second pass names users by externalId in the place of the id that the server gave them.
        for operation in request["Operations"]:
            if "externalId:" in json.dumps(operation):
                operation["path"] = "/Users/" + ids[operation["path"].removeprefix("/Users/externalId:")]
                for change in operation["data"]["Operations"]:
                    change["value"] = ids[change["value"].removeprefix("externalId:")]
                text = None
        judged += len(request["Operations"])
        BulkRequest[User[EnterpriseUser]].model_validate(request)
        status, answer = server.ask("POST", "/Bulk", text or json.dumps(request))
        if status != 200:
            wrong.append((pathlib.Path(file).name, status, answer.get("detail")))
            continue
        for operation, result in zip(request["Operations"], answer["Operations"]):
            name, code = operation.get("bulkId", operation["path"]), str(result["status"])
            if operation["method"] == "POST" and code == "201":
                ids[operation["bulkId"]] = result["location"].rsplit("/", 1)[1]
                sent[operation["bulkId"]] = operation["data"]
            elif code not in ("200", "204"):
                wrong.append((name, code))
            if operation["method"] == "PATCH":
                own = operation["path"].removeprefix("/Users/").removeprefix("bulkId:")
                value = operation["data"]["Operations"][0]["value"].removeprefix("bulkId:")
                managers[ids.get(own, own)] = ids.get(value, value)
    stored = server.everything("/Users")
    for number, user in sent.items():
        user = json.loads(json.dumps(user))
        manager = user.get(ENTERPRISE, {}).get("manager")
        if manager and manager["value"].startswith("bulkId:"):
            manager["value"] = ids[manager["value"].removeprefix("bulkId:")]
        found = differs(user, stored[ids[number]])
        if found:
            wrong.append((number, found))
    for own, manager in managers.items():
        if stored[own].get(ENTERPRISE, {}).get("manager", {}).get("value") != manager:
            wrong.append((stored[own]["externalId"], "has not the manager of the second pass"))
    with_manager = sum("manager" in user.get(ENTERPRISE, {}) for user in stored.values())
    print(f"managers {with_manager}")
    return judged, wrong


def attribute(name, kind="string", many=False, of=None):
    made = {"name": name, "type": kind, "multiValued": many, "required": False, "mutability": "readWrite",
            "returned": "default", "uniqueness": "none", "caseExact": True, "description": name}
    return made | ({"subAttributes": of} if of else {})


def strings(text):
    return [attribute(name) for name in text.split()]


def employee():
    name = strings(
        "legislationCode firstName lastName displayName fullName honors knownAs listName middleNames orderName suffix title "
        "preNameAdjunct previousLastName localSuffix localTitle localDisplayName localFirstName localFullName localHonors "
        "localKnownAs localLastName localListName localMiddleNames localOrderName localPreNameAdjunct localPreviousLastName"
    ) + [attribute(f"{kind}{nth}") for kind in ("nameInformation", "localNameInformation") for nth in range(1, 31)]
    primary = [attribute("primaryFlag", "boolean")]
    addresses = strings(
        "addressLine1 addressLine2 addressLine3 addressLine4 addressType building floorNumber country postalCode "
        "longPostalCode townOrCity region1 region2 region3"
    ) + [attribute(f"addlAddressAttribute{nth}") for nth in range(1, 6)]
    relationships = strings(
        "legalEntityId legalEmployerName workerType legislationCode startDate terminationDate assignmentPeopleGroup "
        "assignmentEffectiveStartDate assignmentEffectiveEndDate assignmentWorkerCategory assignmentCategory "
        "assignmentPositionId assignmentPositionCode assignmentDepartmentId assignmentDepartmentName "
        "assignmentStatusTypeCode assignmentStatusType assignmentActionCode assignmentsActionCode assignmentBusinessUnitId "
        "assignmentBusinessUnitName managerAssignmentNumber contractEndDate"
    ) + [
        attribute("assignmentManagerFlag", "boolean"),
        attribute("assignments", "complex", True, strings("actionCode businessUnitName")),
    ]
    return strings(
        "personId personNumber userId dateOfBirth townOfBirth countryOfBirth gender nationalIdentifierNumber "
        "nationalIdentifierType"
    ) + [
        attribute("name", "complex", of=name),
        attribute("emails", "complex", True, strings("emailAddress emailType") + primary),
        attribute("phones", "complex", True, strings("phoneNumber phoneType areaCode countryCodeNumber") + primary),
        attribute("addresses", "complex", True, addresses + primary),
        attribute("workRelationships", "complex", True, relationships),
    ]


def user():
    emails = strings("value type") + [attribute("primary", "boolean")]
    return strings("userName displayName") + [
        attribute("active", "boolean"),
        attribute("name", "complex", of=strings("familyName givenName")),
        attribute("emails", "complex", True, emails),
        attribute("roles", "complex", True, strings("value display")),
    ]


# The resource types of One Identity's guide (tables 377 to 380), from the guide and not from our profiles.
STARLING = {
    "employees": ("Employee", employee()),
    "starling-users": ("StarlingUser", user()),
    "roles": ("Role", strings("category description displayName name")),
    "data-securities": (
        "DataSecurity",
        strings("userName roleNameCr securityContext securityContextValue") + [attribute("active", "boolean")],
    ),
}


def starling_type(what, folder):
    """The files of the schema and of the resource type."""
    name, attributes = STARLING[what]
    schema = {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"], "id": f"urn:example:starling:2.0:{name}",
        "name": name, "description": name, "attributes": attributes,
    }
    kind = {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"], "id": name, "name": name,
        "endpoint": f"/{name}s", "description": name, "schema": schema["id"],
    }
    paths = []
    for file, content in (("schema", schema), ("type", kind)):
        paths.append(folder / f"{file}.json")
        paths[-1].write_text(json.dumps([content]))
    return paths


def starling(what, server, files):
    """`id` and `meta` are the server's own, and not compared."""
    name = STARLING[what][0]
    lines = [json.loads(line) for file in files for line in open(file, encoding="utf-8")]
    schemas = {"schemas": [f"urn:example:starling:2.0:{name}"]}
    bodies = [{key: value for key, value in line.items() if key not in ("id", "meta")} | schemas for line in lines]
    numbers = [line.get("personNumber", line.get("id")) for line in lines]
    return create(server, f"/{name}s", list(zip(numbers, bodies)))


def main():
    what, files = sys.argv[1], sys.argv[2:]
    with tempfile.TemporaryDirectory() as folder:
        arguments = []
        if what in STARLING:
            schema, kind = starling_type(what, pathlib.Path(folder))
            arguments = ["--schema", str(schema), "--resource-type", str(kind)]
        server = Server(*arguments)
        try:
            own = {"users": users, "bulk": bulk}.get(what)
            judged, wrong = own(server, files) if own else starling(what, server, files)
        finally:
            server.stop()
    for one in wrong[:10]:
        print("wrong", *one)
    print(f"judged {judged} accepted {judged - len(wrong)} refused {len(wrong)}")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
