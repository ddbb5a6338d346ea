// A SCIM server on scimmy and scimmy-routers, as their documentation shows it,
// with a store in memory: node server.js FOLDER TOKEN, where the packages are in
// FOLDER/node_modules. It listens on a free port of loopback, writes the address
// as its first line, and ends with its standard input.
import { randomUUID } from "node:crypto";
import { createRequire } from "node:module";
import { join } from "node:path";

const [folder, token] = process.argv.slice(2);
const require = createRequire(join(folder, "package.json"));
const express = require("express");
const { SCIMMY, SCIMMYRouters } = require("scimmy-routers");

// declare keeps a kind of resource, in which one attribute is unique.
function declare(type, unique) {
    const kept = new Map();
    const known = (id) => {
        if (!kept.has(id)) throw new SCIMMY.Types.Error(404, null, `${id} not found`);
        return kept.get(id);
    };
    const taken = (data, id) => [...kept.values()].some((other) => other.id !== id && other[unique] === data[unique]);
    return SCIMMY.Resources.declare(type)
        .ingress((resource, data) => {
            const id = resource.id ? known(resource.id).id : randomUUID();
            if (taken(data, id)) throw new SCIMMY.Types.Error(409, "uniqueness", `${unique} is taken`);
            kept.set(id, { ...JSON.parse(JSON.stringify(data)), id });
            return kept.get(id);
        })
        .egress((resource) => {
            if (resource.id) return known(resource.id);
            const all = [...kept.values()];
            return resource.filter ? resource.filter.match(all) : all;
        })
        .degress((resource) => { kept.delete(known(resource.id).id); });
}

const levels = new SCIMMY.Types.SchemaDefinition("Workato", "urn:ietf:params:scim:schemas:extension:workato:2.0:User", "", [
    new SCIMMY.Types.Attribute("string", "level"),
]);

// Levels is a custom extension.
class Levels extends SCIMMY.Types.Schema {
    static get definition() { return levels; }
}

declare(SCIMMY.Resources.User.extend(SCIMMY.Schemas.EnterpriseUser, false).extend(Levels, false), "userName");
declare(SCIMMY.Resources.Group, "displayName");

const app = express();
app.use("/scim", new SCIMMYRouters({
    type: "bearer",
    handler: (request) => {
        if (request.header("Authorization") !== `Bearer ${token}`) throw new Error("wrong token");
        return "provisioning";
    },
}));
const listener = app.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${listener.address().port}/scim`));
process.stdin.on("end", () => process.exit(0)).resume();
