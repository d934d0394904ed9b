// A client of signature version 1.0: node version1.js ENDPOINT KEY SECRET METHOD
const Core = require('@alicloud/pop-core');

const [endpoint, accessKeyId, accessKeySecret, method] = process.argv.slice(2);
const vpc = new Core({ endpoint, accessKeyId, accessKeySecret, apiVersion: '2016-04-28' });
const ask = (action, params) =>
  vpc.request(action, { RegionId: 'cn-wulanchabu', ...params }, { method });

async function main() {
  const tags = { 'Tag.1.Key': 'made by', 'Tag.1.Value': 'a*b ~ /ü' };
  const made = await ask('CreateVpc', { CidrBlock: '10.0.0.0/8', VpcName: 'node', ...tags });
  const listed = await ask('DescribeVpcs', { VpcId: made.VpcId });
  const refused = await ask('DeleteVpc', { VpcId: 'vpc-none' }).catch((error) => error.code);
  return { made: made.VpcId, listed: listed.Vpcs.Vpc, refused };
}

main()
  .catch((error) => ({ error: error.code || String(error) }))
  .then((found) => console.log(JSON.stringify(found)));
